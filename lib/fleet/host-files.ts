import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { Recipe } from '../release/recipe';
import type { PinnedObject } from './fleet';
import { phpHookFiles } from './php-hook';
import { recipeFiles } from './recipe-files';
import { hasSteps } from './with-recipe';

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

/** What decides which files instances fetch. */
export interface HostFilesProps {
  readonly bootFiles: readonly BootFile[];
  readonly forPhp: boolean;
  readonly recipe?: Recipe;
}

/** The files that instances fetch, as assets whose digests are known at synthesis. */
export class HostFiles extends Construct {
  readonly program: PinnedObject;
  readonly placeholder: PinnedObject;
  /** The program that runs the steps of releases; none without steps. */
  readonly stepRunner: PinnedObject | undefined;
  readonly bootFiles: readonly (BootFile & PinnedObject)[];
  /** Files of the hook; none without PHP. */
  readonly hookFiles: readonly (BootFile & PinnedObject)[];
  /** Files by which instances boot from the recipe; none without one. */
  readonly recipeFiles: readonly (BootFile & PinnedObject)[];

  constructor(scope: Construct, id: string, { bootFiles, forPhp, recipe }: HostFilesProps) {
    super(scope, id);
    this.program = this.add('Program', path.join(SHIPPED, 'asg-canary-host'));
    this.placeholder = this.add('Placeholder', path.join(SHIPPED, 'placeholder.tar.gz'));
    this.stepRunner = hasSteps(recipe) ? this.add('StepRunner', path.join(SHIPPED, 'asg-canary-step')) : undefined;
    this.bootFiles = bootFiles.map((file) => ({ ...file, ...this.add(path.basename(file.destination), file.source) }));
    const pinned = (files: Record<string, BootFile>) =>
      Object.entries(files).map(([name, file]) => ({ ...file, ...this.add(name, file.source) }));
    this.hookFiles = pinned(forPhp ? phpHookFiles(SHIPPED) : {});
    this.recipeFiles = pinned(recipeFiles(SHIPPED, recipe));
  }

  /** Every object that an instance reads. */
  get all(): readonly PinnedObject[] {
    const stepRunner = this.stepRunner ? [this.stepRunner] : [];
    return [this.program, this.placeholder, ...this.bootFiles, ...this.hookFiles, ...this.recipeFiles, ...stepRunner];
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
