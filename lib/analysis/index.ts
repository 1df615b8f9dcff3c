export * from './analysis';
export * from './thresholds';
