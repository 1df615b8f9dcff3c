/** When a host calls its hook. */
export type HookEvent = 'unpacked' | 'staged' | 'activated' | 'reverted';

/** What a host reaches. What these calls throw is an answer that the host did not get: the command ends with 69. */
export interface HostIo {
  /** An object of S3; undefined where there is none. An error's message is shown as what S3 answered: `403 AccessDenied`. */
  getObject(bucket: string, key: string): Promise<Uint8Array | undefined>;
  /** HTTP status of the application's health page; undefined without an answer. Asked up to `PROBE_ATTEMPTS` times. */
  probe(url: string): Promise<number | undefined>;
  completeLifecycleAction(result: 'CONTINUE' | 'ABANDON'): Promise<void>;
  /** The host's hook, called where `HOOK` names one: the last line that it printed if it failed. Default: it does nothing. */
  hook?(event: HookEvent, release: string): Promise<string | undefined>;
  /** How a command waits for the one before it to end. Default: it awaits it; on a virtual clock pass `clock.waitFor`. */
  waitFor?<T>(event: Promise<T>): Promise<T>;
}
