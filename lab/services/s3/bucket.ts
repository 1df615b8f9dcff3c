import { createHash } from 'node:crypto';
import { AwsError } from '../../kernel/service';
import { crc32 } from './crc32';

/** One version of an object, or the marker that deleted it. */
export interface ObjectVersion {
  readonly versionId: string;
  /** Undefined for a delete marker. */
  readonly body: Uint8Array | undefined;
  /** In quotes, as S3 writes it: the MD5 of the body. */
  readonly etag: string;
  readonly crc32: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly lastModified: Date;
}

/** A version whose body exists. */
export type StoredObject = ObjectVersion & { readonly body: Uint8Array };

export interface NewObject {
  readonly body: Uint8Array;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Conditions of a write, as in HTTP. */
export interface WriteConditions {
  readonly ifMatch?: string;
  /** Only `*` is known: there must be no such object. */
  readonly ifNoneMatch?: string;
}

/** Version id of objects in a bucket without versioning. */
const UNVERSIONED = 'null';

/** A bucket with the versions of its objects, newest last. */
export class Bucket {
  private readonly objects = new Map<string, ObjectVersion[]>();

  constructor(
    readonly name: string,
    public versioned: boolean,
    private readonly newId: () => string,
  ) {}

  /** The current version; undefined where there is none or where it was deleted. */
  find(key: string): StoredObject | undefined {
    const current = this.objects.get(key)?.at(-1);
    return hasBody(current) ? current : undefined;
  }

  version(key: string, versionId: string): ObjectVersion | undefined {
    return this.objects.get(key)?.find((version) => version.versionId === versionId);
  }

  /** @throws AwsError PreconditionFailed, or NoSuchKey where there is nothing that `ifMatch` could match */
  put(key: string, object: NewObject, at: Date, conditions: WriteConditions = {}): StoredObject {
    this.checkConditions(key, conditions);
    const version: StoredObject = {
      versionId: this.versioned ? this.newId() : UNVERSIONED,
      body: object.body,
      etag: `"${createHash('md5').update(object.body).digest('hex')}"`,
      crc32: crc32(object.body),
      contentType: object.contentType ?? 'application/octet-stream',
      metadata: object.metadata ?? {},
      lastModified: at,
    };
    this.append(key, version);
    return version;
  }

  /** Deletes an object: with versioning a marker goes over it, with `versionId` that version goes for good. */
  delete(key: string, at: Date, versionId?: string): ObjectVersion | undefined {
    if (versionId !== undefined || !this.versioned) {
      const gone = this.version(key, versionId ?? UNVERSIONED);
      this.replace(
        key,
        this.versionsOf(key).filter((version) => version !== gone),
      );
      return gone;
    }
    const marker: ObjectVersion = {
      versionId: this.newId(),
      body: undefined,
      etag: '',
      crc32: '',
      contentType: '',
      metadata: {},
      lastModified: at,
    };
    this.append(key, marker);
    return marker;
  }

  /** Keys of objects that exist, in the order of S3: by their UTF-8 bytes. */
  keys(): string[] {
    const keys = [...this.objects.keys()].filter((key) => this.find(key) !== undefined);
    return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  /** Whether nothing is left, not even an old version. */
  isEmpty(): boolean {
    return this.objects.size === 0;
  }

  private checkConditions(key: string, { ifMatch, ifNoneMatch }: WriteConditions): void {
    const current = this.find(key);
    if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
      throw new AwsError('NotImplemented', `'If-None-Match' of a write must be '*', got '${ifNoneMatch}'`);
    if (ifNoneMatch !== undefined && current !== undefined) throw preconditionFailed('If-None-Match');
    if (ifMatch === undefined) return;
    if (current === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.');
    if (!sameEtag(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  }

  private append(key: string, version: ObjectVersion): void {
    this.replace(key, this.versioned ? [...this.versionsOf(key), version] : [version]);
  }

  private versionsOf(key: string): ObjectVersion[] {
    return this.objects.get(key) ?? [];
  }

  private replace(key: string, versions: ObjectVersion[]): void {
    if (versions.length > 0) this.objects.set(key, versions);
    else this.objects.delete(key);
  }
}

export function hasBody(version: ObjectVersion | undefined): version is StoredObject {
  return version?.body !== undefined;
}

/** Compares a condition of a request with an ETag; the quotes may be left out, `*` means any. */
export function sameEtag(condition: string, etag: string): boolean {
  return condition === '*' || condition.replaceAll('"', '') === etag.replaceAll('"', '');
}

export function preconditionFailed(condition: string): AwsError {
  return new AwsError('PreconditionFailed', `At least one of the pre-conditions you specified did not hold: ${condition}`);
}
