export * from './canary-fleet';
export * from './canary-fleet-props';
export * from './fleet';
export type { BootFile } from './host-files';
