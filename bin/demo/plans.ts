import type { DemoOptions } from './run';

/** How fast time passes, how much traffic there is, and how long a canary is watched. */
export type DemoPlan = Pick<DemoOptions, 'scale' | 'requestsPerSecond' | 'context' | 'floor'>;

/** Three deployments in about a minute. */
export const FULL: DemoPlan = {
  scale: 60,
  requestsPerSecond: 450,
  context: { steps: '10% 10m', bakeMinutes: 5, minimumRequests: 100 },
  floor: { requests: 20_000, perSecond: 300 },
};

/** Three deployments in half the time, with less traffic. */
export const QUICK: DemoPlan = {
  scale: 120,
  requestsPerSecond: 150,
  context: { steps: '50% 4m', bakeMinutes: 1, minimumRequests: 60 },
  floor: { requests: 1_500, perSecond: 100 },
};
