import { readFileSync } from 'node:fs';
import type { Counts } from '../../lambda/core/judge/counts';
import type { Verdict } from '../../lambda/core/judge/judgement';
import { explain, type MetricJudgement, type MetricName } from '../../lambda/core/judge/sequential/explain';
import { amount, share } from '../../lambda/core/judge/sequential/figures';
import { look, lookAtLatency } from '../../lambda/core/judge/sequential/look';
import { overall } from '../../lambda/core/judge/sequential/overall';
import { ERROR_SETTINGS, type SequentialSettings, SLOW95_SETTINGS, SLOW99_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { CommandError, ExitCode } from '../exit-code';
import { numberOf, shareOf, wholeNumberOf } from '../numbers';
import { type Recording, readRecording } from '../recording';
import type { Terminal } from '../terminal';
import { parseArguments, usage } from '../usage';

const OPTIONS = {
  effect: { type: 'string', default: String(ERROR_SETTINGS.smallestEffect.ratio) },
  difference: { type: 'string', default: `${ERROR_SETTINGS.smallestEffect.difference * 100}%` },
  alpha: { type: 'string', default: `${ERROR_SETTINGS.alpha * 100}%` },
  'warm-up': { type: 'string', default: '0' },
  json: { type: 'boolean' },
} as const;

/** Minutes in which a fault may begin, as of a deployment that the recording may be the beginning of. */
const LEAST_HORIZON = 30;

const ERRORS: MetricName = { metric: 'errorRate', labels: ['error rate'], critical: true, dryRun: false };
const LATENCY: MetricName = { metric: 'latency', labels: ['slow requests (p95)', 'slow requests (p99)'], critical: true, dryRun: false };

const EXIT_CODES: Record<Verdict, number> = { pass: ExitCode.DONE, fail: ExitCode.ROLLED_BACK, inconclusive: ExitCode.UNKNOWN };

/** What the judge found after one more minute. */
interface Moment {
  readonly minute: number;
  readonly verdict: Verdict;
  readonly metrics: readonly MetricJudgement[];
}

/** `judge replay FILE`: judges recorded counts minute by minute, as far as a deployment would have gone; without AWS. */
export function judge(args: readonly string[], terminal: Terminal): number {
  const { values, positionals } = parseArguments(args, OPTIONS, true);
  const [subcommand, file, ...more] = positionals;
  if (subcommand !== 'replay')
    throw usage(`'judge' must be followed by replay, got ${subcommand === undefined ? 'nothing' : `'${subcommand}'`}`);
  if (file === undefined || more.length > 0) throw usage(`'judge replay' needs exactly one FILE, got ${positionals.length - 1}`);
  const settings = {
    alpha: shareOf('--alpha', values.alpha!, 0.01, 20),
    smallestEffect: {
      ratio: numberOf('--effect', values.effect!, 1.5, 1000),
      difference: shareOf('--difference', values.difference!, 0, 100),
    },
  };
  const warmUp = wholeNumberOf('--warm-up', values['warm-up']!, 0, 60);
  const recording = readRecording(contentOf(file));
  const moments = replay(recording, settings, warmUp);
  tell(moments, values.json !== undefined, terminal);
  return EXIT_CODES[moments[moments.length - 1].verdict];
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`FILE must be one that can be read, got '${file}': ${(error as Error).message}`, ExitCode.REFUSED);
  }
}

/** Looks after each minute until one fails or the recording ends. The warm-up is left to the fast guard. */
function replay(recording: Recording, changed: Pick<SequentialSettings, 'alpha' | 'smallestEffect'>, warmUp: number): Moment[] {
  const moments: Moment[] = [];
  for (let minute = 1; minute <= recording.minutes; minute++) {
    const metrics = metricsAt(recording, changed, warmUp, minute);
    const verdict = overall(metrics);
    moments.push({ minute, verdict, metrics });
    if (verdict === 'fail') break;
  }
  return moments;
}

function metricsAt(
  { minutes, errors, slow }: Recording,
  { alpha, smallestEffect }: Pick<SequentialSettings, 'alpha' | 'smallestEffect'>,
  warmUp: number,
  minute: number,
): MetricJudgement[] {
  const shared = { alpha, metrics: slow ? 2 : 1, horizonMinutes: Math.max(LEAST_HORIZON, minutes) };
  const settled = (counts: Counts) => between(counts, warmUp, minute);
  const settings = { ...ERROR_SETTINGS, ...shared, smallestEffect };
  const found = [explain(ERRORS, look({ settled: settled(errors), unsettled: between(errors, 0, Math.min(warmUp, minute)), settings }))];
  if (!slow) return found;
  const latency = lookAtLatency({
    tau95: { settled: settled(slow.tau95), settings: { ...SLOW95_SETTINGS, ...shared } },
    tau99: { settled: settled(slow.tau99), settings: { ...SLOW99_SETTINGS, ...shared } },
  });
  return [...found, explain(LATENCY, latency)];
}

function between({ stableRequests, stableBad, canaryRequests, canaryBad }: Counts, from: number, to: number): Counts {
  const part = (column: Float64Array) => column.subarray(from, to);
  return {
    minutes: Math.max(0, to - from),
    stableRequests: part(stableRequests),
    stableBad: part(stableBad),
    canaryRequests: part(canaryRequests),
    canaryBad: part(canaryBad),
  };
}

function tell(moments: readonly Moment[], asJson: boolean, terminal: Terminal): void {
  const { minute, verdict, metrics } = moments[moments.length - 1];
  if (asJson) {
    terminal.out(JSON.stringify({ verdict, minute, metrics, minutes: moments.map(brief) }));
    return;
  }
  for (const moment of moments) terminal.out(`${`minute ${moment.minute}`.padEnd(12)}${moment.verdict.padEnd(14)}${figures(moment)}`);
  terminal.out('');
  terminal.out(conclusion(moments));
  for (const { sentence } of metrics) terminal.out(`  ${sentence}`);
}

function brief({ minute, verdict, metrics }: Moment) {
  return { minute, verdict, metrics: metrics.map((one) => ({ metric: one.metric, verdict: one.verdict, evidence: one.evidence })) };
}

function figures({ metrics }: Moment): string {
  return metrics
    .map(({ metric, canary, stable, evidence }) => {
      if (canary === null || stable === null || evidence === null) return `${metric}: no data`;
      return `${metric}: canary ${share(canary)}, stable ${share(stable)}, evidence ${amount(evidence)}`;
    })
    .join('; ');
}

function conclusion(moments: readonly Moment[]): string {
  const { minute, verdict } = moments[moments.length - 1];
  if (verdict === 'fail') return `rolled back after minute ${minute}:`;
  const passing = moments.findLastIndex((moment) => moment.verdict !== 'pass') + 2;
  if (verdict === 'pass') return `not rolled back; from minute ${passing} on there was enough to promote on:`;
  return `not rolled back, and after minute ${minute} not enough to promote on:`;
}
