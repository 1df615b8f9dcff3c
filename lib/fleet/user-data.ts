import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** Limit of EC2 on user data before it is encoded: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
const LIMIT = 16_384;
/** What a value that is known only at deployment may take, such as a bucket's name: at most 63 bytes. */
const TOKEN_BYTES = 64;

/**
 * The script as user data.
 *
 * @throws when it may be over EC2's limit
 */
export function userData(scope: Construct, script: string): ec2.UserData {
  const size = bytesOf(Stack.of(scope).resolve(script));
  if (size > LIMIT) {
    throw new Error(`user data must be at most ${LIMIT} bytes, got ${size}: shorten 'setupCommands' or move them to a file of 'bootFiles'`);
  }
  return ec2.UserData.custom(script);
}

function bytesOf(resolved: unknown): number {
  if (typeof resolved === 'string') return Buffer.byteLength(resolved);
  const parts = (resolved as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1];
  return parts === undefined ? TOKEN_BYTES : parts.reduce<number>((sum, part) => sum + bytesOf(part), 0);
}
