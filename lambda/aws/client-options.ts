/** Options of every SDK client: few attempts and short time-outs, so that a function ends well within its own 30 seconds. */
export const CLIENT_OPTIONS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 6_000, throwOnRequestTimeout: true },
} as const;
