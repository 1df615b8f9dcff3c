import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/**
 * What turns a git ref into a release: `releases/<id>/release.tar.gz` and `releases/<id>/manifest`
 * in the artifact bucket.
 *
 * A build is started with the ref as source version and with two environment variables:
 * `RELEASE_ID` (name of the release) and `RELEASE_REF` (the ref as it was asked for).
 * It fails if the release exists already.
 */
export interface IReleaseBuild extends IConstruct {
  /** Bucket that receives the releases. */
  readonly artifactBucket: s3.IBucket;
  /** The CodeBuild project. */
  readonly project: codebuild.IProject;
}
