import type { Clock } from '../clock/clock';
import type { EventBus } from './event-bus';
import type { Random } from './random';

/** What every service of one lab shares. */
export interface LabContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  /** `live` runs real processes; `simulated` models them on a virtual clock. */
  readonly speed: 'live' | 'simulated';
  readonly events: EventBus;
}

/** `arn:aws:<service>:<region>:<account>:<resource>` of this lab. */
export function arn(context: LabContext, service: string, resource: string): string {
  return `arn:aws:${service}:${context.region}:${context.account}:${resource}`;
}
