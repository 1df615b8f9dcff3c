import type { LiveLab } from '../../lab/live-lab';
import type { HistoryEvent } from '../../lab/states/history';
import type { FinishedRequest } from '../../lab/traffic/proxy/load-balancer-proxy';
import type { RollbackFacts } from './facts';
import { enteredState, lastState } from './stuck';

/** Requests and errors of one group, as the load balancer saw them. */
export interface GroupCount {
  requests: number;
  errors: number;
}

/** The state whose end is the verdict. */
const VERDICT = 'Analyse canary';
/** First state of every roll-back. */
const ROLL_BACK = 'Take canary out of traffic';

/** Notes, in real time, when functions made calls and when the canary was sent its last request. */
export class Recorder {
  readonly counts: Record<'stable' | 'canary', GroupCount> = { stable: { requests: 0, errors: 0 }, canary: { requests: 0, errors: 0 } };
  private readonly calls: { readonly at: number; readonly operation: string; readonly caller: string }[] = [];
  private lastCanaryRequest = 0;
  private lab: LiveLab | undefined;

  attach(lab: LiveLab): void {
    this.lab = lab;
    lab.account.wire.onCall(({ operation, principal }) => {
      this.calls.push({ at: realTime(), operation, caller: principal.arn });
    });
  }

  finished({ instanceId, status, seconds }: FinishedRequest): void {
    const group = this.lab?.account.autoScaling.groupOf(instanceId)?.endsWith('-canary') ? 'canary' : 'stable';
    this.counts[group].requests++;
    if (status === undefined || status >= 500) this.counts[group].errors++;
    if (group === 'canary') this.lastCanaryRequest = Math.max(this.lastCanaryRequest, realTime() - seconds * 1000);
  }

  /** Forgets the counts, at the start of a deployment. */
  reset(): void {
    for (const count of Object.values(this.counts)) Object.assign(count, { requests: 0, errors: 0 });
  }

  /** The state that an execution entered last. */
  state(executionArn: string): string {
    return lastState(this.history(executionArn)) ?? 'Starting';
  }

  /** How fast an execution took the canary's traffic away after its verdict; undefined where no verdict led to a roll-back. */
  rollback(executionArn: string): RollbackFacts | undefined {
    const events = this.history(executionArn);
    const rollBackEntered = events.findIndex((event) => enteredState(event) === ROLL_BACK);
    const judged = events.slice(0, Math.max(rollBackEntered, 0)).findLastIndex((event) => exitedState(event) === VERDICT);
    if (judged < 0) return undefined;
    const verdictAt = this.lab!.clock.wallTime(events[judged].timestamp.getTime());
    const roles = this.functionRoles();
    const after = this.calls.filter(({ at, caller }) => at >= verdictAt && roles.has(caller));
    const written = after.findIndex(({ operation }) => operation === 'ModifyRule');
    const goneAt = Math.max(this.lastCanaryRequest, after[written]?.at ?? Number.POSITIVE_INFINITY);
    return {
      seconds: (goneAt - verdictAt) / 1000,
      transitions: events.slice(judged, rollBackEntered + 1).filter((event) => enteredState(event) !== undefined).length,
      apiCalls: written + 1,
    };
  }

  /** All that has happened in an execution, oldest first. */
  history(executionArn: string): readonly HistoryEvent[] {
    return this.lab!.account.stepFunctions.history(executionArn);
  }

  /** ARNs of the roles of the stack's functions: hosts and builds call AWS too, for reasons of their own. */
  private functionRoles(): ReadonlySet<string> {
    const { template, stack, account } = this.lab!;
    const functions = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    return new Set(
      functions.map(
        ({ Properties }) => `arn:aws:iam::${account.context.account}:role/${stack.physicalId(Properties!.Role['Fn::GetAtt'][0])}`,
      ),
    );
  }
}

/** Real milliseconds since 1970, as `ScaledClock.wallTime` gives them: finer than `Date.now`. */
function realTime(): number {
  return performance.timeOrigin + performance.now();
}

/** The name of the state that an event leaves; undefined for other events. */
function exitedState(event: HistoryEvent): string | undefined {
  return (event.stateExitedEventDetails as { name: string } | undefined)?.name;
}
