import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { PinnedObject } from './fleet';
import { phpHookFiles } from './php-hook';

/** A file that every instance fetches while it boots. */
export interface BootFile {
  /** The file on the machine that synthesizes. */
  readonly source: string;
  /** Absolute path of the file on the instance. */
  readonly destination: string;
  /**
   * Whether the file may be executed.
   *
   * @default false
   */
  readonly executable?: boolean;
}

const SHIPPED = path.join(__dirname, '..', '..', 'assets', 'host');

/** The files that instances fetch, as assets whose digests are known at synthesis. */
export class HostFiles extends Construct {
  readonly program: PinnedObject;
  readonly placeholder: PinnedObject;
  readonly bootFiles: readonly (BootFile & PinnedObject)[];
  /** Files of the hook; none without PHP. */
  readonly hookFiles: readonly (BootFile & PinnedObject)[];

  constructor(scope: Construct, id: string, bootFiles: readonly BootFile[], forPhp: boolean) {
    super(scope, id);
    this.program = this.add('Program', path.join(SHIPPED, 'asg-canary-host'));
    this.placeholder = this.add('Placeholder', path.join(SHIPPED, 'placeholder.tar.gz'));
    this.bootFiles = bootFiles.map((file) => ({ ...file, ...this.add(path.basename(file.destination), file.source) }));
    const hookFiles = forPhp ? Object.entries(phpHookFiles(SHIPPED)) : [];
    this.hookFiles = hookFiles.map(([name, file]) => ({ ...file, ...this.add(name, file.source) }));
  }

  /** Every object that an instance reads. */
  get all(): readonly PinnedObject[] {
    return [this.program, this.placeholder, ...this.bootFiles, ...this.hookFiles];
  }

  private add(id: string, file: string): PinnedObject {
    if (!existsSync(file)) throw new Error(`a file that instances fetch must exist, got ${file}`);
    const asset = new Asset(this, id, { path: file });
    return {
      bucketName: asset.s3BucketName,
      objectKey: asset.s3ObjectKey,
      sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
    };
  }
}
