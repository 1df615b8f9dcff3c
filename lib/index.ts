export * from './analysis';
export * from './deployment';
export * from './fleet';
export * from './release';
