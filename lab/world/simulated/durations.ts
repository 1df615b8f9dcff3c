import type { Random } from '../../kernel/random';

/** Lowest and highest, in seconds; drawn evenly. */
type Range = readonly [number, number];

/**
 * What the simulated world charges for what machines do, in seconds.
 * Boot is that of an Amazon Linux 2023 instance of a small type, as at live speed; the rest are orders of magnitude of the same.
 */
export const DURATIONS = {
  /** From launch to the start of user data. */
  boot: [25, 45],
  /** What user data does besides fetching: packages, units. */
  setup: [5, 15],
  /** An API call from an instance, up to its first byte. */
  apiCall: [0.03, 0.15],
  /** Unpacking and checking a release archive. */
  unpack: [2, 8],
  /** A request to the instance's own health page. */
  probe: [0.05, 0.3],
  /** The agent starts a script, and the script the host program. */
  script: [0.2, 0.6],
} as const satisfies Record<string, Range>;

/** Bytes that an instance downloads in a second. */
const DOWNLOAD_BYTES_PER_SECOND = 40e6;

/** Draws one of the durations, in milliseconds. */
export function drawMs(random: Random, duration: keyof typeof DURATIONS): number {
  const [low, high] = DURATIONS[duration];
  return random.between(low, high) * 1000;
}

/** How long the bytes of an object take, in milliseconds. */
export function downloadMs(bytes: number): number {
  return (bytes / DOWNLOAD_BYTES_PER_SECOND) * 1000;
}
