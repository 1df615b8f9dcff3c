export { type CodeBuildDependencies, CodeBuildService } from './codebuild-service';
