/** An application by its size. */
export interface Size {
  readonly name: 'small' | 'large';
  readonly files: number;
  /** Mean of a file. */
  readonly bytes: number;
}

/** What is deployed to how many hosts, and how often. */
export interface Row {
  readonly size: Size;
  readonly hosts: number;
  /** At most. */
  readonly repetitions: number;
  /** Capistrano is also measured with the repository on the hosts' own disk. */
  readonly fromDisk?: boolean;
}

const SMALL: Size = { name: 'small', files: 500, bytes: 7_900 };
const LARGE: Size = { name: 'large', files: 20_000, bytes: 7_900 };

/** The rows of the page. Large ones on many hosts take a minute a time, so they have fewer repetitions. */
export const FULL: readonly Row[] = [
  ...[1, 2, 4, 8].map((hosts) => ({ size: SMALL, hosts, repetitions: 5, fromDisk: true })),
  ...[1, 2].map((hosts) => ({ size: LARGE, hosts, repetitions: 5 })),
  ...[4, 8].map((hosts) => ({ size: LARGE, hosts, repetitions: 3 })),
];

/** Enough to see that nothing has become slow. */
export const QUICK: readonly Row[] = [1, 2].map((hosts) => ({ size: SMALL, hosts, repetitions: 3, fromDisk: true }));
