/** How the simulated application behaves while a release is active. */
export interface Behaviour {
  /** Share of the answers that are 500. */
  readonly errorRate: number;
  /** Share of the requests that find no connection. */
  readonly connectionErrorRate: number;
  /** Log-normal response times: median in seconds, and standard deviation of the logarithm. */
  readonly latencySeconds: { readonly median: number; readonly sigma: number };
  /** Whether the health page answers 200; else 503. */
  readonly healthy: boolean;
}

/** File of a release that tells its behaviour; a release without it behaves well. */
export const BEHAVIOUR_FILE = 'behaviour.json';

/** A release without the file, and the placeholder. */
export const GOOD: Behaviour = {
  errorRate: 0.001,
  connectionErrorRate: 0,
  latencySeconds: { median: 0.08, sigma: 0.5 },
  healthy: true,
};

const read = new Map<string, Behaviour>();

/**
 * Reads `behaviour.json`, e.g. `{"errorRate":0.08,"latencySeconds":{"median":0.08,"sigma":0.6},"healthy":true}`;
 * what it leaves out is as in `GOOD`.
 *
 * @throws for a field that it does not know, or a value out of range
 */
export function readBehaviour(text: string | undefined): Behaviour {
  if (text === undefined) return GOOD;
  let behaviour = read.get(text);
  if (behaviour === undefined) {
    behaviour = { ...GOOD, ...JSON.parse(text) } as Behaviour;
    check(behaviour);
    read.set(text, behaviour);
  }
  return behaviour;
}

function check(behaviour: Behaviour): void {
  const unknown = Object.keys(behaviour).filter((name) => !(name in GOOD));
  if (unknown.length > 0)
    throw new Error(`${BEHAVIOUR_FILE}: fields must be among ${Object.keys(GOOD).join(', ')}, got ${unknown.join(', ')}`);
  const { errorRate, connectionErrorRate, latencySeconds, healthy } = behaviour;
  for (const [name, value] of Object.entries({ errorRate, connectionErrorRate })) {
    if (!(value >= 0 && value <= 1)) throw new Error(`${BEHAVIOUR_FILE}: '${name}' must be from 0 to 1, got ${value}`);
  }
  if (!(latencySeconds.median > 0) || !(latencySeconds.sigma >= 0)) {
    throw new Error(
      `${BEHAVIOUR_FILE}: 'latencySeconds' needs median above 0 and sigma of 0 or more, got ${JSON.stringify(latencySeconds)}`,
    );
  }
  if (typeof healthy !== 'boolean') throw new Error(`${BEHAVIOUR_FILE}: 'healthy' must be true or false, got ${healthy}`);
}
