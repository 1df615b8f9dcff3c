export { type BuildStarter, type StepFunctionsDeps, StepFunctionsService } from './stepfunctions-service';
