export { policyProblems, type UnresolvedResource } from './check-template';
export type { DecidingStatement, Decision, StatementSummary } from './decision';
export { IamService } from './iam-service';
