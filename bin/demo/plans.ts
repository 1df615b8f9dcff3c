import type { DemoOptions } from './run';

/** How fast time passes, how much traffic there is, and how long a canary is watched: half as long again as the plan asks for at that traffic. */
export type DemoPlan = Pick<DemoOptions, 'scale' | 'requestsPerSecond' | 'context' | 'floor' | 'limitSeconds'>;

/** Several times what a deployment takes on a machine that has nothing else to do. */
const LIMIT_SECONDS = 180;

/** Three deployments in about a minute. */
export const FULL: DemoPlan = {
  scale: 60,
  requestsPerSecond: 450,
  context: { steps: '25% 14m', bakeMinutes: 5, minimumRequests: 100 },
  floor: { requests: 20_000, perSecond: 300 },
  limitSeconds: LIMIT_SECONDS,
};

/** Three deployments in less than a minute, with less traffic. */
export const QUICK: DemoPlan = {
  scale: 120,
  requestsPerSecond: 300,
  context: { steps: '30% 40m', bakeMinutes: 1, minimumRequests: 60 },
  floor: { requests: 6_000, perSecond: 200 },
  limitSeconds: LIMIT_SECONDS,
};
