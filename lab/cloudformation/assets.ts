import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Where assets are published to. */
export interface AssetStore {
  createBucket(name: string): void;
  putObject(bucket: string, key: string, body: Uint8Array): void;
}

interface FileAsset {
  readonly source: { readonly path: string; readonly packaging: 'file' | 'zip' };
  readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
}

/**
 * Publishes the file assets of a cloud assembly, as `cdk deploy` does.
 * A folder that would be zipped is not: the Lambda service runs it from where it is.
 */
export class AssetPublisher {
  private readonly folders = new Map<string, string>();

  constructor(
    private readonly store: AssetStore,
    private readonly place: { readonly account: string; readonly region: string },
  ) {}

  publish(assembly: string, stackName: string): void {
    const manifest = JSON.parse(readFileSync(path.join(assembly, `${stackName}.assets.json`), 'utf8'));
    if (Object.keys(manifest.dockerImages ?? {}).length > 0) throw new Error(`${stackName}: the lab does not know container image assets`);
    for (const { source, destinations } of Object.values<FileAsset>(manifest.files)) {
      const file = path.join(assembly, source.path);
      for (const { bucketName, objectKey } of Object.values(destinations)) {
        const bucket = this.fill(bucketName);
        this.store.createBucket(bucket);
        if (source.packaging === 'zip') this.folders.set(`${bucket}/${objectKey}`, file);
        else this.store.putObject(bucket, objectKey, readFileSync(file));
      }
    }
  }

  /**
   * The folder that would have been zipped to this object.
   *
   * @throws Error where no published asset is that object
   */
  folder(bucket: string, key: string): string {
    const folder = this.folders.get(`${bucket}/${key}`);
    if (folder === undefined) throw new Error(`no published asset is the folder of ${bucket}/${key}`);
    return folder;
  }

  private fill(text: string): string {
    return text
      .replaceAll('${AWS::AccountId}', this.place.account)
      .replaceAll('${AWS::Region}', this.place.region)
      .replaceAll('${AWS::Partition}', 'aws');
  }
}
