import { randomBytes } from 'node:crypto';
import type { AccessKey } from '../kernel/access-key';
import type { Principal } from '../kernel/service';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The access keys of a lab. They are random whatever the lab's seed, so that no two labs of one process share a key:
 * nothing in a run depends on them.
 */
export class AccessKeys {
  private readonly keys = new Map<string, { readonly key: AccessKey; readonly principal: Principal }>();

  issue(principal: Principal, { session, expires }: { session: boolean; expires?: number }): AccessKey {
    const key: AccessKey = {
      accessKeyId: (session ? 'ASIA' : 'AKIA') + Array.from(randomBytes(16), (byte) => ALPHABET[byte % 32]).join(''),
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: session ? randomBytes(96).toString('base64') : undefined,
      expires,
    };
    this.keys.set(key.accessKeyId, { key, principal });
    return key;
  }

  /** Takes a key that was made elsewhere. */
  adopt(key: AccessKey, principal: Principal): void {
    this.keys.set(key.accessKeyId, { key, principal });
  }

  drop(accessKeyId: string): void {
    this.keys.delete(accessKeyId);
  }

  key(accessKeyId: string): AccessKey | undefined {
    return this.keys.get(accessKeyId)?.key;
  }

  principal(accessKeyId: string): Principal | undefined {
    return this.keys.get(accessKeyId)?.principal;
  }
}
