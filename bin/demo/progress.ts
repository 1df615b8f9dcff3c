import type { LiveLab } from '../../lab/live-lab';
import type { GroupCount, Recorder } from './recorder';

/** Widest name of a state that keeps the columns in line. */
const STATE = 49;

/** Names the columns of `progressLine`. */
export const PROGRESS_HEAD = `${'state'.padEnd(STATE)}  canary  stable: sent, bad  canary: sent, bad`;

/** One look at a deployment: its state, the canary's share of the traffic, and each group's requests and those that failed since it began. */
export function progressLine(lab: LiveLab, recorder: Recorder, executionArn: string | undefined): string {
  const state = executionArn === undefined ? 'Starting' : recorder.state(executionArn);
  const { stable, canary } = recorder.counts;
  return `${state.padEnd(STATE)}  ${canaryShare(lab).padStart(6)}  ${columns(stable)}  ${columns(canary)}`;
}

function columns({ requests, errors }: GroupCount): string {
  return `${requests.toLocaleString('en').padStart(10)} ${errors.toLocaleString('en').padStart(6)}`;
}

/** The canary's share of the main rule's weights. */
function canaryShare({ account }: LiveLab): string {
  const action = account.loadBalancing.actionFor({ path: '/', headers: {} });
  const weights = 'groups' in action ? action.groups.map(({ weight }) => weight) : [];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return `${total === 0 ? 0 : Math.round((100 * (total - weights[0])) / total)} %`;
}
