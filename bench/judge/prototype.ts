/** Figures of the prototype that the judge must not fall behind; percentages of watches, minutes, bad responses served. */
export interface NullTarget {
  readonly id: string;
  /** Most false roll-backs within 30 minutes that the project allows itself, in percent; absent where only the prototype sets a mark. */
  readonly allowed?: number;
  /** The prototype's false roll-backs within 30 and 60 minutes, in percent. */
  readonly at30?: number;
  readonly at60?: number;
}

export interface BadTarget {
  readonly id: string;
  readonly median: number;
  /** Absent: not reached. */
  readonly p90?: number;
  readonly missed: number;
  readonly served?: number;
}

export const NULL_TARGETS: readonly NullTarget[] = [
  { id: 'N1', allowed: 1, at30: 0, at60: 0.1 },
  { id: 'N1s', allowed: 1, at30: 0, at60: 0.1 },
  { id: 'N1l', allowed: 1 },
  { id: 'N2', allowed: 1, at30: 0, at60: 0.1 },
  { id: 'N3', allowed: 1, at30: 0, at60: 0 },
  { id: 'N4', allowed: 1, at30: 1, at60: 1.4 },
  { id: 'N4b', allowed: 1, at30: 0.4, at60: 0.8 },
  { id: 'N4l' },
  { id: 'N5', allowed: 1, at30: 0.5, at60: 1.4 },
  { id: 'N6', allowed: 1, at30: 0, at60: 0.1 },
  { id: 'N7', allowed: 2, at30: 1.6, at60: 2.5 },
  { id: 'LN1', allowed: 1, at30: 0 },
  { id: 'LN2', allowed: 1, at30: 0 },
  { id: 'LN4', allowed: 1, at30: 0 },
  { id: 'LN6', allowed: 1, at30: 0.9 },
  { id: 'LN7', allowed: 2, at30: 1.3 },
];

export const BAD_TARGETS: readonly BadTarget[] = [
  { id: 'B1', median: 19, missed: 15, served: 46 },
  { id: 'B2', median: 4, p90: 5, missed: 0, served: 24 },
  { id: 'B3', median: 3, p90: 3, missed: 0, served: 36 },
  { id: 'B4', median: 3, p90: 5, missed: 0, served: 25 },
  { id: 'B5', median: 5, p90: 9, missed: 0, served: 68 },
  { id: 'B6', median: 3, p90: 3, missed: 0, served: 90 },
  { id: 'B7', median: 1, p90: 1, missed: 0, served: 301 },
  { id: 'B8', median: 18, missed: 16, served: 11 },
  { id: 'B9', median: 7, p90: 13, missed: 0, served: 9 },
  { id: 'B10', median: 4, p90: 5, missed: 0, served: 94 },
  { id: 'B11', median: 16, p90: 18, missed: 0, served: 50 },
  { id: 'B12', median: 4, p90: 5, missed: 0, served: 86 },
  { id: 'B13', median: 11, p90: 23, missed: 3, served: 73 },
  { id: 'LB1', median: 5, p90: 9, missed: 0 },
  { id: 'LB2', median: 3, p90: 3, missed: 0 },
  { id: 'LB4', median: 4, p90: 7, missed: 0 },
  { id: 'LB8', median: 27, p90: 49, missed: 42 },
];
