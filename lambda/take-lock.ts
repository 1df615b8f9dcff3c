import { config } from './aws/config';
import { statusOf } from './aws/executions';
import { handle } from './aws/handler';
import { readLock, takeLock } from './aws/table';
import { DeploymentError } from './core/errors';
import type { Lock } from './core/lock';
import type { Outcome, OutcomeVerdict } from './core/outcome';
import { parseRequest, type Request } from './core/request';

export interface TakeLockEvent {
  /** The execution's input, as it was given. */
  readonly input: unknown;
  readonly execution: string;
  readonly now: string;
}

/** The data that the state machine begins with. */
export interface Begun {
  /** `deploy` stands for deploy and rollback. */
  readonly next: 'deploy' | 'recover' | 'nothingToDo' | 'refused';
  readonly request: Request | null;
  readonly epoch: number;
  readonly activationEpoch: number;
  readonly release: { readonly id: string; readonly sha256: string };
  /** Id of the release that was committed before, as a recovery finds it; empty where there is none. */
  readonly previous: string;
  readonly promotion: { readonly begun: boolean; readonly committed: boolean };
  /** The execution that a recovery cleans up after; empty otherwise. */
  readonly deadExecution: string;
  /** Name of the error, where `next` is refused. */
  readonly refusal: string;
  readonly outcome: Outcome | null;
}

/**
 * Checks the input and takes the fleet's lock: one execution at a time, each with an epoch that is one higher.
 * A recovery takes it over from an execution that does not run any more.
 */
export const handler = handle<TakeLockEvent, Begun>('take-lock', async ({ input, execution, now }) => {
  let request: Request;
  try {
    request = parseRequest(input, config);
  } catch (error) {
    if (error instanceof DeploymentError) return ended('refused', 'refused', error.message, error.name);
    throw error;
  }
  const before = await readLock();
  if (before?.holder === execution) return begun(before, request);
  return request.mode === 'recover' ? recover(request, before, execution, now) : deploy(request, before, execution, now);
});

async function deploy(request: Request, before: Lock | undefined, execution: string, now: string): Promise<Begun> {
  if (before && before.holder !== '') return refuse(before.holder, before.since);
  const epoch = (before?.epoch ?? 0) + 1;
  const lock: Lock = { epoch, activationEpoch: epoch, holder: execution, since: now, mode: request.mode, intent: 'begun' };
  return (await takeLock(before, { ...lock, request })) ? begun(lock, request) : lost();
}

async function recover(request: Request, before: Lock | undefined, execution: string, now: string): Promise<Begun> {
  if (!before || before.holder === '') return ended('nothingToDo', 'nothingToDo', 'no deployment holds the fleet');
  const { alive } = await statusOf(before.holder);
  if (alive) return ended('refused', 'refused', `${before.holder} still runs: abort it, and it cleans up by itself`, 'Refused');
  const { abortReason: _, ...kept } = before;
  const lock: Lock = { ...kept, epoch: before.epoch + 1, holder: execution, since: now, mode: 'recover', recovers: before.holder };
  return (await takeLock(before, { ...lock, request })) ? begun(lock, request) : lost();
}

async function refuse(holder: string, since: string): Promise<Begun> {
  const { alive, status } = await statusOf(holder);
  const cause = alive
    ? `the fleet is held by ${holder} since ${since}`
    : `the fleet is held by ${holder}, which ended ${status} without cleaning up: the recovery comes within five minutes, or start it with 'mode': 'recover'`;
  return ended('refused', 'refused', cause, 'Refused');
}

/** Somebody was faster: says who. */
async function lost(): Promise<Begun> {
  const winner = await readLock();
  return refuse(winner?.holder ?? '', winner?.since ?? '');
}

function begun(lock: Lock, request: Request): Begun {
  const { epoch, activationEpoch, release = { id: '', sha256: '' } } = lock;
  return {
    next: request.mode === 'recover' ? 'recover' : 'deploy',
    request,
    epoch,
    activationEpoch,
    release,
    previous: lock.previous?.id ?? '',
    promotion: { begun: false, committed: false },
    deadExecution: lock.recovers ?? '',
    refusal: '',
    outcome: null,
  };
}

function ended(next: Begun['next'], verdict: OutcomeVerdict, cause: string, refusal = ''): Begun {
  return {
    next,
    request: null,
    epoch: 0,
    activationEpoch: 0,
    release: { id: '', sha256: '' },
    previous: '',
    promotion: { begun: false, committed: false },
    deadExecution: '',
    refusal,
    outcome: {
      verdict,
      fleet: config.fleet,
      epoch: 0,
      release: '',
      previous: '',
      cause,
      plan: '',
      metrics: [],
      database: '',
      maintenanceSeconds: 0,
    },
  };
}
