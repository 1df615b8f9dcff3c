import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/**
 * The bucket of releases and pointers.
 *
 * Releases have no age at which they may go: a fleet that was not deployed for a year boots its instances from a
 * release of that age. So only what was replaced or deleted expires, and a release that was deleted by mistake
 * can be brought back until then.
 */
export function artifactBucket(scope: Construct, id: string, keepDeleted: Duration): s3.Bucket {
  return new s3.Bucket(scope, id, {
    versioned: true,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      {
        id: 'ExpireReplaced',
        noncurrentVersionExpiration: keepDeleted,
        abortIncompleteMultipartUploadAfter: Duration.days(7),
      },
      { id: 'ExpireDeleteMarkers', expiredObjectDeleteMarker: true },
    ],
  });
}
