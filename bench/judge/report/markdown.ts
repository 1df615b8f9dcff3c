import type { Cost } from '../cost';
import { JUDGE_NAMES, JUDGES, type JudgeName } from '../judges';
import { BAD_TARGETS, NULL_TARGETS } from '../prototype';
import { DEPLOYED } from '../setting';
import type { Tally } from '../tally';
import type { Benchmark, ScenarioResult } from './benchmark';
import { type Estimate, missedPercent, quantileMinute, rolledBackPercent, servedMean } from './figures';

/** The report in Markdown. */
export function toMarkdown({ command, seed, replications, results, cost, shortfalls }: Benchmark): string {
  const healthy = results.filter(({ scenario }) => scenario.truth === 'null');
  const bad = results.filter(({ scenario }) => scenario.truth === 'bad');
  return `# Benchmark of the judge

Written by \`${command}\`; do not edit. Seed ${seed}, fixed beforehand and used for nothing else;
${replications.null} replications of each healthy scenario, ${replications.bad} of each bad one. Every judge sees the same streams. How the streams
are made and how the peers are set: [bench/judge/README.md](../bench/judge/README.md). The figures behind the tables: [judge-benchmark.json](judge-benchmark.json).

The comparison gives every judge one metric, with all of alpha (1 % where a judge has one), from the first minute on, so that judges are
compared and not their settings; a deployment has two metrics that share alpha, a warm-up and data that settle: [as deployed by default](#as-deployed-by-default).

${shortfalls.length === 0 ? 'Every row of our judge is within its limits.' : `Behind:\n\n${shortfalls.map((line) => `- ${line}`).join('\n')}`}

## Our judge against its limits

Healthy releases: false roll-backs in percent (standard error), within 30 and 60 minutes.

${table(
  ['scenario', 'what', '30 min', '60 min', 'allowed at 30 min', 'prototype 30 / 60 min'],
  healthy.map((result) => nullRow(result)),
)}

Clusters (N4, N4b, N4l) break the assumption under which alpha is guaranteed. N4l and B12b are additions that have no mark to reach.

Bad releases: minutes to the roll-back, share missed by a watch of 30 minutes (standard error), bad canary responses served until
the roll-back or the end of the watch (standard error). For latency a bad response is one slower than stable's 95th percentile of the hour before.

${table(
  ['scenario', 'what', 'median min', 'p90 min', 'missed %', 'served', 'prototype'],
  bad.map((result) => badRow(result)),
)}

## As deployed by default

The same judge on the same streams as a deployment has it: errors and latency share alpha, so that each needs evidence of ${DEPLOYED.metrics} / alpha;
a fault may begin in any of ${DEPLOYED.horizonMinutes} minutes; the first ${DEPLOYED.warmUpMinutes} and the newest ${DEPLOYED.settleMinutes} are left to the guard against outages; after ${DEPLOYED.watchMinutes} minutes the canary is
promoted. Minutes count from the first traffic. Each row has one of the two metrics; the other one's false roll-backs come on top.

${table(
  ['healthy', 'what', `rolled back in ${DEPLOYED.watchMinutes} min, %`],
  healthy.map(({ scenario: { id, title }, tallies }) => [
    id,
    title,
    withError(rolledBackPercent(tallies.deployed, DEPLOYED.watchMinutes), 2),
  ]),
)}

${table(
  ['bad', 'what', 'median min', 'p90 min', 'missed %', 'served'],
  bad.map(({ scenario, tallies: { deployed } }) => [scenario.id, scenario.title, ...found(deployed, DEPLOYED.watchMinutes)]),
)}

## All judges: false roll-backs

Percent of healthy releases that are rolled back within 15 / 30 / 60 minutes; the largest standard error is ${largestError(replications.null)}.

![False roll-backs](judge-benchmark-false-rollbacks.svg)

${acrossJudges(healthy, (tally) => [15, 30, 60].map((by) => percent(rolledBackPercent(tally, by).value)).join(' / '))}

## All judges: bad releases

Median / p90 minutes to the roll-back, and percent missed by a watch of 30 minutes; the largest standard error is ${largestError(replications.bad)}.

![Share of bad releases rolled back by each minute](judge-benchmark-detection.svg)

![Missed](judge-benchmark-missed.svg)

${acrossJudges(bad, (tally) => `${minutes(tally, 0.5)} / ${minutes(tally, 0.9)}, ${percent(missedPercent(tally).value)}`)}

Bad responses that canaries served, on average, until the roll-back or the end of 30 minutes.

${acrossJudges(bad, (tally) => servedMean(tally).value.toFixed(servedMean(tally).value < 10 ? 1 : 0))}

${JUDGE_NAMES.map((name) => `- **${name}**: ${JUDGES[name]}`).join('\n')}

## What a look costs

${costs(cost)}

![Cost of a look](judge-benchmark-cost.svg)
`;
}

function nullRow({ scenario, tallies }: ScenarioResult): string[] {
  const target = NULL_TARGETS.find(({ id }) => id === scenario.id);
  const prototype = [target?.at30, target?.at60].map((value) => value ?? '-').join(' / ');
  const [at30, at60] = [30, 60].map((by) => withError(rolledBackPercent(tallies.ours, by), 2));
  return [scenario.id, scenario.title, at30, at60, `${target?.allowed ?? '-'}`, prototype];
}

function badRow({ scenario, tallies: { ours } }: ScenarioResult): string[] {
  const target = BAD_TARGETS.find(({ id }) => id === scenario.id);
  const prototype =
    target === undefined
      ? '-'
      : [`${target.median} / ${target.p90 ?? '-'}`, `${target.missed} %`, ...(target.served ? [`${target.served}`] : [])].join(', ');
  return [scenario.id, scenario.title, ...found(ours), prototype];
}

function found(tally: Tally, watchMinutes?: number): string[] {
  return [minutes(tally, 0.5), minutes(tally, 0.9), withError(missedPercent(tally, watchMinutes), 1), withError(servedMean(tally), 1)];
}

function acrossJudges(results: readonly ScenarioResult[], cell: (tally: Tally, name: JudgeName) => string): string {
  return table(
    ['', ...JUDGE_NAMES],
    results.map(({ scenario, tallies }) => [scenario.id, ...JUDGE_NAMES.map((name) => cell(tallies[name], name))]),
  );
}

function costs({ metrics, looks, line }: Cost): string {
  const rows = looks.map(({ minutes, milliseconds }) => [
    `${minutes}`,
    milliseconds.toFixed(2),
    (line.atNothing + minutes * line.perMinute).toFixed(2),
  ]);
  return `One look at ${metrics} metrics from their counts, on one core of the machine that ran this (the fastest tenth of many looks). It grows
linearly: ${line.atNothing.toFixed(2)} ms and ${(1000 * line.perMinute).toFixed(1)} microseconds for each minute watched.

${table(['minutes watched', 'milliseconds', 'on the line'], rows)}`;
}

function withError({ value, standardError }: Estimate, digits: number): string {
  return `${value.toFixed(digits)} (${standardError.toFixed(digits)})`;
}

/** Of a percentage, with this many replications: that of 50 %. */
function largestError(replications: number): string {
  return (50 / Math.sqrt(replications)).toFixed(1);
}

function percent(value: number): string {
  return value === 0 || value >= 9.95 ? value.toFixed(0) : value.toFixed(1);
}

function minutes(tally: Tally, share: number): string {
  return `${quantileMinute(tally, share) ?? '-'}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '-'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
