export { type InvokeOutcome, type LambdaDeps, LambdaService } from './lambda-service';
