import type { RecipeProps } from '../recipe';

/** Options of `Recipe.generic`. */
export interface GenericRecipeOptions {
  /**
   * Shell commands that build the application, run by bash in the root of the repository.
   *
   * @default - none: the repository is released as it is
   */
  readonly buildCommands?: string[];

  /**
   * Folder with what is released, relative to the root of the repository.
   *
   * @default '.' - the repository without its `.git`
   */
  readonly outputDirectory?: string;

  /**
   * Versions of the languages that the build image is to offer, such as `{ nodejs: '22' }`.
   *
   * @default - what the image has
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/runtime-versions.html
   */
  readonly runtimeVersions?: { [language: string]: string };

  /**
   * Files and folders to keep between builds, relative to the root of the repository.
   *
   * @default - none
   */
  readonly cachePaths?: string[];
}

/** The folder that the commands leave. */
export function generic(options: GenericRecipeOptions): RecipeProps {
  return options;
}
