/** Credentials that the lab issued. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Must come with each request; absent for a long-term key. */
  readonly sessionToken?: string;
  /** The lab's time in milliseconds since 1970; absent where the key does not expire. */
  readonly expires?: number;
}
