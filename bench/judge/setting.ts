import { MINUTES } from './scenario';

/** How the product's judge is set, apart from its constants. */
export interface Setting {
  /** Metrics that share alpha. */
  readonly metrics: number;
  /** Minutes in which a fault may begin. */
  readonly horizonMinutes: number;
  /** First minutes that only the guard against outages reads. */
  readonly warmUpMinutes: number;
  /** Newest minutes that only the guard against outages reads. */
  readonly settleMinutes: number;
  /** Minutes after which the canary is promoted if it was not rolled back. */
  readonly watchMinutes: number;
}

/** For the comparison: all of alpha for one metric, and each minute judged as soon as it is over. */
export const COMPARED: Setting = { metrics: 1, horizonMinutes: MINUTES, warmUpMinutes: 0, settleMinutes: 0, watchMinutes: MINUTES };

/** What a deployment has by default: errors and latency, and a step of 30 minutes that lasts until its data have settled. */
export const DEPLOYED: Setting = { metrics: 2, horizonMinutes: 32, warmUpMinutes: 2, settleMinutes: 2, watchMinutes: 32 };
