import type { Release } from '../../lib/deployment/contract';
import { causeOf, type FailureRecord } from './cause';
import type { MetricJudgement } from './judge/judgement';
import type { Request } from './request';

/** How an execution ends. */
export type OutcomeVerdict = 'promoted' | 'rolledBack' | 'refused' | 'recovered' | 'nothingToDo';

/** The output of an execution that succeeds, and as JSON the cause of one that fails. */
export interface Outcome {
  readonly verdict: OutcomeVerdict;
  readonly fleet: string;
  readonly epoch: number;
  /** The release that was to go out; empty where it came not so far. */
  readonly release: string;
  /** The release that was committed before; empty where there was none. */
  readonly previous: string;
  /** One English sentence. */
  readonly cause: string;
  /** What the steps could notice at the traffic of the hour before, in one sentence; empty without a canary. */
  readonly plan: string;
  readonly metrics: readonly MetricJudgement[];
}

/** The parts of the state machine's data that an outcome is made of. */
export interface EndState extends FailureRecord {
  readonly request: Request;
  readonly epoch: number;
  readonly release: Release;
  /** The release that a recovery finds in the lock as the one before; empty otherwise. */
  readonly previous: string;
  readonly fleet?: { readonly release: string; readonly committed: Release; readonly plan: { readonly sentence: string } | null };
  readonly promotion: { readonly committed?: boolean };
  readonly deadExecution: string;
}

/** What an execution says of itself. */
export function outcomeOf(fleet: string, verdict: OutcomeVerdict, state: EndState): Outcome {
  const release = state.release.id || state.fleet?.release || '';
  const previous = state.fleet?.committed.id ?? state.previous;
  const { analysis, bake } = state;
  const decisive = bake?.decision === 'failed' ? bake : (analysis ?? bake);
  return {
    verdict,
    fleet,
    epoch: state.epoch,
    release,
    previous,
    cause: sentence(verdict, state, release, previous),
    plan: state.fleet?.plan?.sentence ?? '',
    metrics: decisive?.metrics ?? [],
  };
}

function sentence(verdict: OutcomeVerdict, state: EndState, release: string, previous: string): string {
  switch (verdict) {
    case 'promoted':
      return `${release} is on every instance${state.analysis ? `: ${state.analysis.sentence}` : ''}${afterwards(state)}`;
    case 'recovered': {
      const end = state.promotion.committed ? `finished: ${release} stays` : undone(release, previous);
      return `${state.deadExecution} ended without cleaning up; ${end}${causeOf(state, '; ')}`;
    }
    default:
      return causeOf(state) || 'no cause was recorded';
  }
}

/** A bake that does not go back is told of where it found something. */
function afterwards({ bake }: EndState): string {
  return bake?.metrics.some((metric) => metric.verdict === 'fail') ? `, but ${bake.sentence}` : '';
}

/** A lock without a release is that of an execution that ended before it changed anything. */
function undone(release: string, previous: string): string {
  return release === '' ? 'it had changed nothing' : `the fleet is back on ${previous || 'the placeholder release'}`;
}
