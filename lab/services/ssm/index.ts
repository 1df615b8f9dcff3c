export { type ManagedInstances, type SsmDependencies, SsmService } from './ssm-service';
