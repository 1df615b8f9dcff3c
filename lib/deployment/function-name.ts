/** Names of the functions: that of the handler's file in lambda/ and of its bundle in assets/functions/. */
export const FUNCTION_NAMES = [
  'analyse-canary',
  'back-up-database',
  'bring-canaries',
  'check-fleet',
  'database-gate',
  'finish-deployment',
  'host-command',
  'plan-recovery',
  'plan-wave',
  'replace-instances',
  'retire-canary',
  'shift-traffic',
  'start-recovery',
  'take-canary-out',
  'take-lock',
  'verify-release',
  'watch-bake',
  'write-pointers',
] as const;

/** Name of one of the functions. */
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** Time-out of every function, in seconds. A recovery waits longer than this before it trusts what it reads. */
export const FUNCTION_TIMEOUT_SECONDS = 30;
