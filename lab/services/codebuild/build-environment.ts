import type { LabContext } from '../../kernel/context';
import type { Project } from './project';

/** What a build's container has in its environment that does not depend on where it runs. */
export interface BuildIdentity {
  readonly id: string;
  readonly arn: string;
  readonly projectArn: string;
  readonly number: number;
  readonly sourceVersion: string;
}

/** The variables that CodeBuild sets. @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
export function buildEnvironment({ clock, region }: LabContext, project: Project, build: BuildIdentity): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    CODEBUILD_CI: 'true',
    CODEBUILD_BUILD_ID: build.id,
    CODEBUILD_BUILD_ARN: build.arn,
    CODEBUILD_BUILD_NUMBER: String(build.number),
    CODEBUILD_BUILD_IMAGE: project.image,
    CODEBUILD_PROJECT_ARN: build.projectArn,
    CODEBUILD_SOURCE_REPO_URL: project.location,
    CODEBUILD_SOURCE_VERSION: build.sourceVersion,
    CODEBUILD_START_TIME: String(Math.round(clock.now())),
  };
}
