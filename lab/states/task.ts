import { Failure } from './failure';
import type { Json } from './json';
import type { Integration, TaskState } from './model';
import type { Runner, Visit } from './runner';

type Settled = { readonly value: Json } | { readonly failure: Failure } | 'timedOut' | 'stopped';

/** One attempt of a Task state, with its events. @throws Failure */
export async function runTask(runner: Runner, state: TaskState, parameters: Json, visit: Visit): Promise<Json> {
  const { line } = visit;
  const seconds = state.timeoutSeconds?.(runner.scopeOf(visit, visit.input));
  const events = new TaskEvents(state);
  runner.record(line, ...events.scheduled(JSON.stringify(parameters), seconds));
  runner.record(line, ...events.started());
  const settled = await settle(runner, state.integration, parameters, seconds, visit, events);
  line.check();
  if (settled === 'timedOut') {
    runner.record(line, ...events.timedOut());
    throw new Failure('States.Timeout', undefined);
  }
  if (settled === 'stopped') return line.check() as never;
  if ('failure' in settled) {
    runner.record(line, ...events.failed(settled.failure));
    throw settled.failure;
  }
  try {
    runner.record(line, ...events.succeeded(runner.checkedText(settled.value, state.name)));
  } catch (error) {
    if (error instanceof Failure) runner.record(line, ...events.failed(error));
    throw error;
  }
  return settled.value;
}

/** Runs the integration as an actor of its own, since it may outlive the state; the first end counts. */
function settle(
  runner: Runner,
  integration: Integration,
  parameters: Json,
  seconds: number | undefined,
  visit: Visit,
  events: TaskEvents,
): Promise<Settled> {
  const { clock, taskTime } = runner.options;
  const { line, state } = visit;
  const end = new Promise<Settled>((resolve) => {
    let done = false;
    let abandon: () => void = () => {};
    const finish = (settled: Settled): void => {
      if (done) return;
      done = true;
      cancelTimer();
      forget();
      if (typeof settled === 'string') abandon();
      resolve(settled);
    };
    const forget = line.onStop(() => {
      runner.aborted(visit);
      finish('stopped');
    });
    const cancelTimer = seconds === undefined ? () => {} : timer(seconds * 1000, () => finish('timedOut'));
    clock.spawn(`task '${state.name}'`, async () => {
      try {
        const submitted = (output: Json) => {
          if (!done) runner.record(line, ...events.submitted(JSON.stringify(output)));
        };
        const onAbandoned = (callback: () => void) => {
          abandon = callback;
        };
        finish({ value: await integration.run(parameters, { submitted, onAbandoned }) });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        finish({ failure: error });
      }
    });
  });
  return clock.waitFor(end);

  function timer(ms: number, fire: () => void): () => void {
    if (taskTime === 'lab') {
      const pending = clock.after(ms, `time-out of task '${state.name}'`, fire);
      return () => pending.cancel();
    }
    const pending = setTimeout(fire, ms);
    return () => clearTimeout(pending);
  }
}

type Event = [type: string, details?: Readonly<Record<`${string}EventDetails`, unknown>>];

/** The events of a task: those of a function, or those of a service. */
class TaskEvents {
  private readonly resource: string;
  private readonly names: Integration['events'];

  constructor(state: TaskState) {
    this.resource = state.resource;
    this.names = state.integration.events;
  }

  scheduled(parameters: string, timeoutInSeconds: number | undefined): Event {
    if (this.names.kind === 'function') {
      const details = { resource: this.resource, input: parameters, inputDetails: { truncated: false }, timeoutInSeconds };
      return ['LambdaFunctionScheduled', { lambdaFunctionScheduledEventDetails: details }];
    }
    return ['TaskScheduled', { taskScheduledEventDetails: { ...this.service(), parameters, timeoutInSeconds } }];
  }

  started(): Event {
    return this.names.kind === 'function' ? ['LambdaFunctionStarted'] : ['TaskStarted', { taskStartedEventDetails: this.service() }];
  }

  submitted(output: string): Event {
    return ['TaskSubmitted', { taskSubmittedEventDetails: { ...this.service(), output, outputDetails: { truncated: false } } }];
  }

  succeeded(output: string): Event {
    const details = { output, outputDetails: { truncated: false } };
    if (this.names.kind === 'function') return ['LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: details }];
    return ['TaskSucceeded', { taskSucceededEventDetails: { ...this.service(), ...details } }];
  }

  failed(failure: Failure): Event {
    const details = { error: failure.error, cause: failure.reason };
    if (this.names.kind === 'function') return ['LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: details }];
    return ['TaskFailed', { taskFailedEventDetails: { ...this.service(), ...details } }];
  }

  timedOut(): Event {
    const details = { error: 'States.Timeout' };
    if (this.names.kind === 'function') return ['LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: details }];
    return ['TaskTimedOut', { taskTimedOutEventDetails: { ...this.service(), ...details } }];
  }

  private service() {
    return this.names.kind === 'service' ? { resourceType: this.names.resourceType, resource: this.names.resource } : {};
  }
}
