import type { LiveLab } from '../../lab/live-lab';
import { asgCanary } from './command';
import type { DeploymentFacts } from './facts';
import { PROGRESS_HEAD, progressLine } from './progress';
import type { Recorder } from './recorder';
import { TAGS } from './sample-app';

/** One deployment as the command line tells it; what clients saw comes when all are over. */
export type Deployed = Omit<DeploymentFacts, 'badResponses'>;

/** What should come of each tag of the sample application. */
const EXPECTED = { v1: 'promoted', v2: 'promoted', v3: 'rolledBack' } as const;

/** How often progress is shown, in real milliseconds. */
const TICK_MS = 1000;

/** Deploys the tags one after the other by `asg-canary deploy`. */
export async function deployTags(
  lab: LiveLab,
  recorder: Recorder,
  say: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<Deployed[]> {
  const deployments: Deployed[] = [];
  say(`    ${PROGRESS_HEAD}`);
  for (const tag of TAGS) deployments.push(await deploy(tag, lab, recorder, (line) => say(`${tag}  ${line}`), signal));
  return deployments;
}

async function deploy(
  tag: (typeof TAGS)[number],
  lab: LiveLab,
  recorder: Recorder,
  say: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<Deployed> {
  const began = performance.now();
  recorder.reset();
  let executionArn: string | undefined;
  let complaint: string | undefined;
  const ticker = setInterval(() => say(progressLine(lab, recorder, executionArn)), TICK_MS);
  try {
    const args = ['deploy', '--fleet', fleetOf(lab), '--ref', tag, '--poll', '0.2', ...(tag === TAGS[0] ? ['--bootstrap'] : [])];
    const { exitCode, stdout } = await asgCanary(args, {
      environment: lab.operatorEnvironment(),
      onProgress: (line) => {
        executionArn ??= /^started (\S+)$/.exec(line)?.[1];
        complaint = line;
      },
      signal,
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
  } finally {
    clearInterval(ticker);
  }
}

function fleetOf({ account }: LiveLab): string {
  return account.autoScaling.groupNames()[0].replace(/-(stable|canary)$/, '');
}
