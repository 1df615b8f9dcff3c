import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { checkPattern } from '../checks';

/** A repository on GitHub. */
export interface GitHubSourceOptions {
  /** Account or organisation that owns the repository. */
  readonly owner: string;
  /** Name of the repository. */
  readonly repository: string;
}

/** A repository that CodeBuild reaches through a connection. */
export interface CodeConnectionSourceOptions {
  /** ARN of the connection, made and confirmed in the console. */
  readonly connectionArn: string;
  /** HTTPS address of the repository on github.com, gitlab.com or bitbucket.org. */
  readonly repositoryUrl: string;
}

/** An archive in a bucket. */
export interface S3SourceOptions {
  /** The bucket; versioned, because a ref is a version of the object. */
  readonly bucket: s3.IBucket;
  /** Key of a zip archive. */
  readonly key: string;
}

/** Where the code of a release comes from. */
export class Source {
  /**
   * A public repository on GitHub, or a private one for which CodeBuild has credentials in the account.
   * A ref is a branch, a tag or a commit.
   */
  static gitHub(options: GitHubSourceOptions): Source {
    checkPattern('owner', options.owner, /^[A-Za-z0-9-]+$/);
    checkPattern('repository', options.repository, /^[A-Za-z0-9._-]+$/);
    const { owner, repository } = options;
    return new Source(codebuild.Source.gitHub({ owner, repo: repository, reportBuildStatus: false }), []);
  }

  /**
   * A repository on GitHub, GitLab or Bitbucket through CodeConnections. A ref is a branch, a tag or a commit.
   *
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/connections-github-app.html
   */
  static codeConnection(options: CodeConnectionSourceOptions): Source {
    const { connectionArn, repositoryUrl } = options;
    checkPattern('connectionArn', connectionArn, /^arn:[a-z-]+:(codeconnections|codestar-connections):[^:]+:\d{12}:connection\/.+$/);
    const service = connectionArn.includes(':codestar-connections:') ? 'codestar-connections' : 'codeconnections';
    return new Source(new ConnectedRepository(repositoryUrl, connectionArn), [
      new iam.PolicyStatement({
        sid: 'UseConnection',
        actions: [`${service}:GetConnection`, `${service}:GetConnectionToken`],
        resources: [connectionArn],
      }),
    ]);
  }

  /** A zip archive in a versioned bucket. A ref is the version id of the object. */
  static s3(options: S3SourceOptions): Source {
    const archive = codebuild.Source.s3({ bucket: options.bucket, path: options.key });
    return new Source(archive, [
      new iam.PolicyStatement({
        sid: 'ReadSource',
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [options.bucket.arnForObjects(options.key)],
      }),
    ]);
  }

  /** The source of the CodeBuild project. */
  public readonly projectSource: codebuild.ISource;

  /** What the role of the build must be allowed to reach the source. */
  public readonly rights: iam.PolicyStatement[];

  private constructor(projectSource: codebuild.ISource, rights: iam.PolicyStatement[]) {
    this.projectSource = projectSource;
    this.rights = rights;
  }
}

const SOURCE_TYPES: Record<string, string> = { 'github.com': 'GITHUB', 'gitlab.com': 'GITLAB', 'bitbucket.org': 'BITBUCKET' };

/** CodeBuild's own GitHub source with the connection that CDK's class has no property for. */
class ConnectedRepository implements codebuild.ISource {
  readonly type: string;
  readonly badgeSupported = false;

  constructor(
    private readonly location: string,
    private readonly connectionArn: string,
  ) {
    const host = /^https:\/\/([a-z.]+)\/[A-Za-z0-9._/-]+$/.exec(location)?.[1] ?? '';
    const type = SOURCE_TYPES[host];
    if (type === undefined) {
      throw new Error(`'repositoryUrl' must be an HTTPS address on ${Object.keys(SOURCE_TYPES).join(', ')}, got '${location}'`);
    }
    this.type = type;
  }

  bind(): codebuild.SourceConfig {
    return {
      sourceProperty: { type: this.type, location: this.location, auth: { type: 'CODECONNECTIONS', resource: this.connectionArn } },
    };
  }
}
