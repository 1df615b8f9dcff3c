import { DeploymentError } from './errors';
import { minutesBetween } from './time';

/** Where the promotion is: `$.wave` of the state machine. */
export interface Wave {
  readonly number: number;
  /** What is to be done next. */
  readonly next: 'activate' | 'wait' | 'done';
  /** The wave's instances. */
  readonly instances: readonly string[];
  /** Instances of all waves that proved healthy. */
  readonly done: readonly string[];
  /** When waiting for the wave's health began; empty while nothing is waited for. */
  readonly waitingSince: string;
}

/** What the stable group looks like. */
export interface StableView {
  readonly inService: readonly string[];
  /** Instances that the load balancer finds healthy. */
  readonly healthy: ReadonlySet<string>;
}

/** Systems Manager takes so many instances in a command. */
export const COMMAND_INSTANCES = 50;
/** How long a wave may take to become healthy. */
const PATIENCE_MINUTES = 10;
/** Share of a wave that may leave the group before it proved healthy. */
const TOLERATED_LOSS = 0.1;

/**
 * The next wave: as many of the stable instances that are in service and not done as `wavePercent` of all allows.
 * It comes only when the wave before is healthy, and takes only so many as leaves enough of the group healthy if all of it
 * should fail.
 *
 * An instance of the wave that left the group may have been replaced because the release made it sick: more than a tenth of them
 * end the promotion.
 *
 * @throws DeploymentError `StableUnhealthy` when that takes too long, `WaveLost` where too many of the wave left
 */
export function nextWave(wave: Wave, view: StableView, wavePercent: number, now: string): Wave {
  const inService = new Set(view.inService);
  const lost = wave.instances.filter((id) => !inService.has(id));
  if (lost.length > TOLERATED_LOSS * wave.instances.length) throw waveLost(lost, wave.instances.length);
  const sick = wave.instances.filter((id) => inService.has(id) && !view.healthy.has(id));
  const healthy = view.inService.filter((id) => view.healthy.has(id)).length;
  const size = Math.max(1, Math.ceil((view.inService.length * wavePercent) / 100));
  const room = healthy - (view.inService.length - size);
  const done = [...new Set([...wave.done, ...wave.instances])].filter((id) => inService.has(id));
  const left = view.inService.filter((id) => !done.includes(id));
  if (sick.length > 0 || room < Math.min(1, left.length)) {
    const waitingSince = wave.waitingSince || now;
    if (minutesBetween(waitingSince, now) >= PATIENCE_MINUTES) throw unhealthy(sick, healthy, view.inService.length);
    return { ...wave, next: 'wait', waitingSince };
  }
  if (left.length === 0) return { number: wave.number, next: 'done', instances: [], done, waitingSince: '' };
  return {
    number: wave.number + 1,
    next: 'activate',
    instances: left.slice(0, Math.min(room, COMMAND_INSTANCES)),
    done,
    waitingSince: '',
  };
}

function waveLost(lost: readonly string[], total: number): DeploymentError {
  const which = `${lost.slice(0, 3).join(', ')}${lost.length > 3 ? ` and ${lost.length - 3} more` : ''}`;
  return new DeploymentError('WaveLost', `${which} of ${total} instances left the group before they proved healthy`);
}

function unhealthy(sick: readonly string[], healthy: number, total: number): DeploymentError {
  const which =
    sick.length > 0
      ? `${sick.slice(0, 3).join(', ')}${sick.length > 3 ? ` and ${sick.length - 3} more` : ''} did not become healthy`
      : 'the stable group did not become healthy';
  return new DeploymentError(
    'StableUnhealthy',
    `${which} within ${PATIENCE_MINUTES} minutes; ${healthy} of ${total} stable instances are healthy`,
  );
}
