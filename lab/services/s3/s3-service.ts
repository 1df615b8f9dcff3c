import * as sdk from '@aws-sdk/client-s3';
import type { LabContext } from '../../kernel/context';
import type { ResourceProvider } from '../../kernel/resources';
import { AwsError, type Operation, type Service } from '../../kernel/service';
import { Bucket, type WriteConditions } from './bucket';
import { bucketArn, objectOperations } from './object-operations';
import { type Buckets, bucketPolicyProvider, bucketProvider } from './providers';

export interface S3Deps {
  readonly iam: {
    attachResourcePolicy(arn: string, document: unknown, place: string): void;
    detachResourcePolicy(arn: string): void;
  };
}

/** S3: buckets, versions, conditional writes. Objects live in memory. Ranges, copies and multipart uploads are refused. */
export class S3Service implements Service, Buckets {
  readonly signingName = 's3';
  readonly sdk = sdk as unknown as Record<string, unknown>;
  readonly client = 'S3Client';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly buckets = new Map<string, Bucket>();
  private readonly policies = new Map<string, object>();

  constructor(
    private readonly context: LabContext,
    private readonly deps: S3Deps,
  ) {
    this.operations = objectOperations(context, (name) => this.bucket(name ?? ''));
  }

  providers(): ResourceProvider[] {
    return [bucketProvider(this.context, this), bucketPolicyProvider(this)];
  }

  /** Creates a bucket; one that exists stays as it is. */
  createBucket(name: string, { versioned = false } = {}): void {
    if (this.buckets.has(name)) return;
    this.buckets.set(name, new Bucket(name, versioned, () => this.context.random.hex(32)));
  }

  setVersioning(name: string, versioned: boolean): void {
    this.bucket(name).versioned = versioned;
  }

  /** @throws AwsError BucketNotEmpty */
  deleteBucket(name: string): void {
    if (!this.bucket(name).isEmpty()) throw new AwsError('BucketNotEmpty', `The bucket you tried to delete is not empty: ${name}`);
    this.buckets.delete(name);
  }

  /** Writes an object as the lab itself, whom no policy binds. @throws AwsError NoSuchBucket, PreconditionFailed */
  putObject(bucket: string, key: string, body: Uint8Array, conditions: WriteConditions = {}): void {
    this.bucket(bucket).put(key, { body }, new Date(this.context.clock.now()), conditions);
  }

  /** The current version of an object; undefined where there is none. */
  getObject(bucket: string, key: string): Uint8Array | undefined {
    return this.bucket(bucket).find(key)?.body;
  }

  /** Deletes an object as the lab itself. */
  deleteObject(bucket: string, key: string): void {
    this.bucket(bucket).delete(key, new Date(this.context.clock.now()));
  }

  /** The current objects of a bucket, by key. */
  objects(bucket: string): Map<string, Uint8Array> {
    const found = this.bucket(bucket);
    return new Map(found.keys().map((key) => [key, found.find(key)!.body]));
  }

  /** The policy document of a bucket; undefined where it has none. */
  bucketPolicy(bucket: string): object | undefined {
    return this.policies.get(bucket);
  }

  setBucketPolicy(name: string, document: object, place: string): void {
    this.deps.iam.attachResourcePolicy(bucketArn(name), document, place);
    this.policies.set(name, document);
  }

  deleteBucketPolicy(name: string): void {
    this.deps.iam.detachResourcePolicy(bucketArn(name));
    this.policies.delete(name);
  }

  private bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw new AwsError('NoSuchBucket', `The specified bucket does not exist: ${name}`);
    return bucket;
  }
}
