import type { HistoryEvent } from '../../lab/states/history';

/** Longest quotation of what a task answered. */
const LONGEST = 400;

/** A deployment that takes longer than a demo waits; the message says how far it came. */
export class Stuck extends Error {
  constructor(tag: string, seconds: number, events: readonly HistoryEvent[]) {
    super(`the deployment of ${tag} has not ended within ${seconds} s: ${whereIs(events)}; ${lastKnown(events)}`);
  }
}

/** Name of the state that the last of these events has entered; undefined where none has. */
export function lastState(events: readonly HistoryEvent[]): string | undefined {
  return events.map(enteredState).findLast((name) => name !== undefined);
}

/** The name of the state that an event enters; undefined for other events. */
export function enteredState(event: HistoryEvent): string | undefined {
  return (event.stateEnteredEventDetails as { name: string } | undefined)?.name;
}

function whereIs(events: readonly HistoryEvent[]): string {
  const state = lastState(events);
  return state === undefined ? 'it has not begun' : `it is in the state '${state}'`;
}

/** The last failure, or where nothing has failed the last answer of a task. */
function lastKnown(events: readonly HistoryEvent[]): string {
  const failed = events.findLastIndex((event) => detailsOf(event).error !== undefined);
  if (failed >= 0) {
    const { error, cause } = detailsOf(events[failed]);
    return `the last failure was ${error} in '${lastState(events.slice(0, failed))}': ${messageIn(cause)}`;
  }
  const answered = events.findLastIndex((event) => /^(Task|LambdaFunction)Succeeded$/.test(event.type));
  if (answered < 0) return 'nothing has failed, and no task has answered';
  return `nothing has failed; '${lastState(events.slice(0, answered))}' answered ${(detailsOf(events[answered]).output ?? '').slice(0, LONGEST)}`;
}

function detailsOf(event: HistoryEvent): { readonly error?: string; readonly cause?: string; readonly output?: string } {
  const name = Object.keys(event).find((key) => key.endsWith('EventDetails')) as `${string}EventDetails` | undefined;
  return name === undefined ? {} : (event[name] as object);
}

/** The sentence in the cause of a function's failure, which is JSON. */
function messageIn(cause = ''): string {
  try {
    return JSON.parse(cause).errorMessage ?? cause;
  } catch {
    return cause;
  }
}
