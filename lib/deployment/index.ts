export * from './canary-deployment';
export * from './canary-deployment-props';
export * from './database-backup';
