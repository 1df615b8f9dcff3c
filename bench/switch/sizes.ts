/** An application by its size. */
export interface Size {
  readonly name: 'small' | 'large';
  readonly files: number;
  /** Mean of a file. */
  readonly bytes: number;
}

/** Which files differ from the release before: one of a hundred, or all of them. git brings in only those, and we everything. */
export type Change = 'few' | 'all';

/** What is deployed to how many hosts, and how often. */
export interface Row {
  readonly size: Size;
  readonly change: Change;
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
  ...rows(SMALL, 'few', [1, 2, 4, 8]).map((row) => ({ ...row, fromDisk: true })),
  ...rows(SMALL, 'all', [1, 2, 4, 8]),
  ...rows(LARGE, 'few', [1, 2]),
  ...rows(LARGE, 'few', [4, 8], 3),
  ...rows(LARGE, 'all', [1, 2]),
];

/** Enough to see that nothing has become slow. */
export const QUICK: readonly Row[] = [...rows(SMALL, 'few', [1, 2], 3), ...rows(SMALL, 'all', [1, 2], 3)];

function rows(size: Size, change: Change, hosts: readonly number[], repetitions = 5): Row[] {
  return hosts.map((count) => ({ size, change, hosts: count, repetitions }));
}
