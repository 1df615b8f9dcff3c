export * from './build';
export type { PhpOptions } from './php-options';
export * from './recipe';
export * from './recipe-host';
export type { DrupalRecipeOptions } from './recipes/drupal';
export type { GenericRecipeOptions } from './recipes/generic';
export type { Magento2RecipeOptions } from './recipes/magento2';
export * from './release-build';
export * from './source';
