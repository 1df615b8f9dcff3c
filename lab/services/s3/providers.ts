import type { LabContext } from '../../kernel/context';
import { type CreatedResource, type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import { bucketArn } from './object-operations';

/** What the providers do to the service. */
export interface Buckets {
  createBucket(name: string, options: { versioned: boolean }): void;
  setVersioning(name: string, versioned: boolean): void;
  deleteBucket(name: string): void;
  setBucketPolicy(name: string, document: object, place: string): void;
  deleteBucketPolicy(name: string): void;
}

/** Known properties; all but `BucketName` and `VersioningConfiguration` change nothing here: nothing expires, and all callers sign. */
const BUCKET = [
  'BucketEncryption',
  'BucketName',
  'LifecycleConfiguration',
  'LoggingConfiguration',
  'OwnershipControls',
  'PublicAccessBlockConfiguration',
  'Tags',
  'VersioningConfiguration',
];

export function bucketProvider(context: LabContext, buckets: Buckets): ResourceProvider {
  const versioned = (resource: ResolvedResource) => resource.properties.VersioningConfiguration?.Status === 'Enabled';
  const created = (name: string): CreatedResource => ({
    ref: name,
    attributes: {
      Arn: bucketArn(name),
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${context.region}.amazonaws.com`,
    },
  });
  return {
    type: 'AWS::S3::Bucket',
    create(resource) {
      refuseUnknownProperties(resource, BUCKET);
      const name = resource.properties.BucketName ?? `${resource.logicalId.toLowerCase()}-${context.random.hex(12)}`;
      buckets.createBucket(name, { versioned: versioned(resource) });
      return created(name);
    },
    update(resource, name) {
      refuseUnknownProperties(resource, BUCKET);
      buckets.setVersioning(name, versioned(resource));
      return created(name);
    },
    delete: (name) => buckets.deleteBucket(name),
  };
}

export function bucketPolicyProvider(buckets: Buckets): ResourceProvider {
  const put = (resource: ResolvedResource): CreatedResource => {
    refuseUnknownProperties(resource, ['Bucket', 'PolicyDocument']);
    const { Bucket, PolicyDocument } = resource.properties;
    buckets.setBucketPolicy(Bucket, PolicyDocument, `${resource.logicalId} (${resource.type})`);
    return { ref: Bucket };
  };
  return { type: 'AWS::S3::BucketPolicy', create: put, update: put, delete: (name) => buckets.deleteBucketPolicy(name) };
}
