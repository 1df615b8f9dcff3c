import type { Clock } from '../../clock/clock';

/** Where roles get their temporary access keys: the lab's IAM. `expires` is the lab's time in milliseconds. */
export interface CredentialSource {
  issueKey(
    roleArn: string,
    options: { session: boolean; expires?: number },
  ): { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** Temporary credentials as IMDS and container endpoints serve them. */
export interface ServedCredentials {
  readonly LastUpdated: string;
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  readonly Expiration: string;
}

const HOUR = 3_600_000;
/** Life of temporary credentials in the lab's time, as on EC2. */
const LIFE = 6 * HOUR;

/** Credentials of one role, replaced an hour of the lab's time before they expire. */
export class RotatingCredentials {
  private served: { credentials: ServedCredentials; expires: number } | undefined;

  constructor(
    private readonly roleArn: string,
    private readonly clock: Clock,
    private readonly source: CredentialSource,
  ) {}

  current(): ServedCredentials {
    const now = this.clock.now();
    if (this.served === undefined || this.served.expires - now < HOUR) {
      const expires = now + LIFE;
      const key = this.source.issueKey(this.roleArn, { session: true, expires });
      const time = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
      this.served = {
        expires,
        credentials: {
          LastUpdated: time(now),
          AccessKeyId: key.accessKeyId,
          SecretAccessKey: key.secretAccessKey,
          Token: key.sessionToken ?? '',
          Expiration: time(expires),
        },
      };
    }
    return this.served.credentials;
  }
}
