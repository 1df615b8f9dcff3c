import type { Release } from '../../lib/deployment/contract';
import { type CaughtError, causeOf, type FailureRecord, messageOf } from './cause';
import type { MetricJudgement } from './judge/judgement';
import type { Request } from './request';
import { minutesBetween } from './time';

/** How an execution ends. */
export type OutcomeVerdict = 'promoted' | 'rolledBack' | 'held' | 'refused' | 'recovered' | 'nothingToDo';

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
  /** What the database needed, in one sentence; empty where nobody looked. */
  readonly database: string;
  /** How long customers saw the maintenance page, in seconds. */
  readonly maintenanceSeconds: number;
}

/** The parts of the state machine's data that an outcome is made of. */
export interface EndState extends FailureRecord {
  readonly request: Request;
  readonly epoch: number;
  readonly release: Release;
  /** The release that a recovery finds in the lock as the one before; empty otherwise. */
  readonly previous: string;
  readonly fleet?: { readonly release: string; readonly committed: Release; readonly plan: { readonly sentence: string } | null };
  readonly gate?: { readonly sentence: string };
  /** Since when the maintenance page was shown, and until when. */
  readonly maintenance?: { readonly began: string; readonly ended?: string };
  /** What the way back found in the lock. */
  readonly wayBack?: { readonly maintenanceSince: string };
  readonly promotion: { readonly committed?: boolean };
  readonly deadExecution: string;
  /** Why a step that runs once, after the promotion or the roll-back, failed. */
  readonly onceError?: CaughtError;
}

/**
 * What an execution says of itself.
 *
 * @param migration how far the database was changed, as `progressOf` says it
 */
export function outcomeOf(fleet: string, verdict: OutcomeVerdict, state: EndState, migration = ''): Outcome {
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
    cause: sentence(verdict, { ...state, migration }, release, previous),
    plan: state.fleet?.plan?.sentence ?? '',
    metrics: decisive?.metrics ?? [],
    database: state.gate?.sentence ?? '',
    maintenanceSeconds: maintenanceSeconds(state),
  };
}

function sentence(verdict: OutcomeVerdict, state: EndState & { readonly migration: string }, release: string, previous: string): string {
  switch (verdict) {
    case 'promoted':
      return `${release} is on every instance${explained(state)}${afterwards(state)}`;
    case 'recovered': {
      const end = state.promotion.committed ? `finished: ${release} stays` : undone(release, previous);
      return `${state.deadExecution} ended without cleaning up; ${end}${causeOf(state, '; ')}`;
    }
    case 'held': {
      const dead = state.deadExecution === '' ? '' : `${state.deadExecution} ended without cleaning up; `;
      return `${dead}${[causeOf(state), held(state.migration, release, previous)].filter(Boolean).join('; ')}`;
    }
    default:
      return causeOf(state) || 'no cause was recorded';
  }
}

function explained({ analysis, maintenance }: EndState): string {
  if (maintenance) return ', without a canary: the database had to change behind the maintenance page';
  return analysis ? `: ${analysis.sentence}` : '';
}

/** Why nobody goes back, and what to do. */
function held(migration: string, release: string, previous: string): string {
  const why =
    migration === 'breaking done'
      ? `the database was changed for ${release}, and ${previous || 'the release before'} does not fit it any more`
      : 'a migration of the database was begun and did not end well, so that nobody knows what fits it';
  return `${why}: the code stays as it is, roll forward with a release that mends it`;
}

function maintenanceSeconds({ maintenance, wayBack }: EndState): number {
  const began = maintenance?.began ?? wayBack?.maintenanceSince;
  return began && maintenance?.ended ? Math.round(minutesBetween(began, maintenance.ended) * 60) : 0;
}

/** A bake that does not go back is told of where it found something. */
function afterwards({ bake, onceError }: EndState): string {
  if (onceError) return `, but the step after it failed: ${messageOf(onceError)}`;
  return bake?.metrics.some((metric) => metric.verdict === 'fail') ? `, but ${bake.sentence}` : '';
}

/** A lock without a release is that of an execution that ended before it changed anything. */
function undone(release: string, previous: string): string {
  return release === '' ? 'it had changed nothing' : `the fleet is back on ${previous || 'the placeholder release'}`;
}
