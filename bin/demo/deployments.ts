import type { LiveLab } from '../../lab/live-lab';
import { asgCanary } from './command';
import type { DeploymentFacts } from './facts';
import { PROGRESS_HEAD, progressLine } from './progress';
import type { Recorder } from './recorder';
import { TAGS } from './sample-app';
import { Stuck } from './stuck';

/** One deployment as the command line tells it; what clients saw comes when all are over. */
export type Deployed = Omit<DeploymentFacts, 'badResponses'>;

/** What should come of each tag of the sample application. */
const EXPECTED = { v1: 'promoted', v2: 'promoted', v3: 'rolledBack' } as const;

/** How often progress is shown, in real milliseconds. */
const TICK_MS = 1000;

/** What deployments need of the demo that they are part of. */
export interface DeploymentSurroundings {
  readonly lab: LiveLab;
  readonly recorder: Recorder;
  readonly say: (line: string) => void;
  /** Longest that one deployment may take, in real seconds. */
  readonly limitSeconds: number;
  /** Ends the deployment before its time. */
  readonly signal?: AbortSignal;
}

/**
 * Deploys the tags one after the other by `asg-canary deploy`. Where the first is not promoted, the others are left out: they would
 * have nothing to be compared with.
 *
 * @throws Stuck where a deployment takes longer than it may
 */
export async function deployTags(surroundings: DeploymentSurroundings): Promise<Deployed[]> {
  const { say } = surroundings;
  const deployments: Deployed[] = [];
  say(`    ${PROGRESS_HEAD}`);
  for (const tag of TAGS) {
    deployments.push(await deploy(tag, { ...surroundings, say: (line) => say(`${tag}  ${line}`) }));
    if (deployments[0].verdict !== 'promoted') break;
  }
  return deployments;
}

async function deploy(tag: (typeof TAGS)[number], { lab, recorder, say, limitSeconds, signal }: DeploymentSurroundings): Promise<Deployed> {
  const began = performance.now();
  recorder.reset();
  let executionArn: string | undefined;
  let complaint: string | undefined;
  const limit = AbortSignal.timeout(limitSeconds * 1000);
  const ticker = setInterval(() => say(progressLine(lab, recorder, executionArn)), TICK_MS);
  try {
    const args = ['deploy', '--fleet', fleetOf(lab), '--ref', tag, '--poll', '0.2', ...(tag === TAGS[0] ? ['--bootstrap'] : [])];
    const { exitCode, stdout } = await asgCanary(args, {
      environment: lab.operatorEnvironment(),
      onProgress: (line) => {
        executionArn ??= /^started (\S+)$/.exec(line)?.[1];
        complaint = line;
      },
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    const outcome = stdout === '' ? {} : JSON.parse(stdout);
    const verdict = outcome.verdict ?? 'none';
    say(verdict);
    return {
      tag,
      expected: EXPECTED[tag],
      exitCode,
      verdict,
      release: outcome.release ?? '',
      cause: outcome.cause ?? complaint ?? 'the command said nothing',
      seconds: (performance.now() - began) / 1000,
      rollback: executionArn === undefined ? undefined : recorder.rollback(executionArn),
    };
  } catch (error) {
    if (!limit.aborted || signal?.aborted) throw error;
    throw new Stuck(tag, limitSeconds, executionArn === undefined ? [] : recorder.history(executionArn));
  } finally {
    clearInterval(ticker);
  }
}

function fleetOf({ account }: LiveLab): string {
  return account.autoScaling.groupNames()[0].replace(/-(stable|canary)$/, '');
}
