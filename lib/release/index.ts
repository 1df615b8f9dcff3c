export * from './build';
export * from './recipe';
export * from './release-build';
export * from './source';
