import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TALLIED } from '../../bench/judge/judges';
import { BAD_TARGETS, NULL_TARGETS } from '../../bench/judge/prototype';
import { type Estimate, missedPercent, quantileMinute, rolledBackPercent, servedMean } from '../../bench/judge/report/figures';
import { shortfalls } from '../../bench/judge/report/shortfalls';
import { runAll } from '../../bench/judge/run-all';
import { REPLICATIONS } from '../../bench/judge/scenario';
import { SCENARIOS } from '../../bench/judge/scenarios';
import { SEEDS } from '../../bench/judge/seeds';
import { add, count, emptyTally, type Tally } from '../../bench/judge/tally';
import { emptyWatch } from '../../bench/judge/watch';

const report = JSON.parse(readFileSync(path.join(__dirname, '..', '..', 'docs', 'judge-benchmark.json'), 'utf8'));

function tally(rolledBack: Record<number, number>, replications: number): Tally {
  const all = { ...emptyTally(), replications };
  for (const [minute, watches] of Object.entries(rolledBack)) all.rolledBack[Number(minute)] = watches;
  return all;
}

test('the published report is of all scenarios, the seed of the report and the full replications, and our judge is behind nowhere', () => {
  expect(report.scenarios.map(({ scenario }: { scenario: object }) => scenario)).toEqual(SCENARIOS);
  expect(report).toMatchObject({ seed: SEEDS.report, replications: REPLICATIONS, shortfalls: [] });
});

test('the published figures are those of this code', async () => {
  const some = SCENARIOS.filter(({ id }) => ['B8', 'B13', 'LB8'].includes(id));
  const tallies = await runAll(SEEDS.report, some, () => REPLICATIONS.bad);
  const published = report.scenarios.filter(({ scenario }: { scenario: { id: string } }) => some.some(({ id }) => id === scenario.id));
  const rolledBack = (result: Record<string, Tally>) => TALLIED.map((name) => [name, result[name].rolledBack]);
  expect(published.map(rolledBack)).toEqual(tallies.map(rolledBack));
});

test('every scenario with a mark exists, and every healthy one has a mark', () => {
  const ids = SCENARIOS.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining([...NULL_TARGETS, ...BAD_TARGETS].map(({ id }) => id)));
  expect(NULL_TARGETS.map(({ id }) => id)).toEqual(SCENARIOS.filter(({ truth }) => truth === 'null').map(({ id }) => id));
});

test('percentages, quantiles and means with their standard errors', () => {
  const some = tally({ 0: 20, 5: 30, 30: 40, 31: 10 }, 100);
  expect(rolledBackPercent(some, 30)).toEqual({ value: 70, standardError: expect.closeTo(100 * Math.sqrt(0.21 / 100), 9) });
  expect(missedPercent(some).value).toBeCloseTo(30, 9);
  expect([0.3, 0.31, 0.8].map((share) => quantileMinute(some, share))).toEqual([5, 30, 31]);
  expect(quantileMinute(some, 0.9)).toBeUndefined();
  expect(servedMean({ ...some, served: 200, servedSquared: 500 })).toEqual({ value: 2, standardError: 0.1 });
});

test('a row is behind only by more than three standard errors', () => {
  const judged = (id: string, one: Tally) => shortfalls((scenario) => (scenario === id ? one : undefined));
  expect(judged('N1', tally({ 0: 3945, 3: 55 }, 4000))).toEqual([]);
  expect(judged('N1', tally({ 0: 3930, 3: 70 }, 4000))).toEqual([expect.stringMatching(/^N1: 1.75 \(standard error 0.21\) % false/)]);
  const fast = { 3: 1700, 4: 300 };
  expect(judged('B2', tally(fast, 2000))).toEqual([]);
  expect(judged('B2', tally({ 3: 500, 6: 1500 }, 2000))).toEqual([
    expect.stringMatching(/^B2: median 6/),
    expect.stringMatching(/^B2: p90 6/),
  ]);
  expect(judged('B2', { ...tally(fast, 2000), served: 60_000, servedSquared: 1_900_000 })).toEqual([expect.stringMatching(/served/)]);
  expect(judged('B2', tally({ 3: 1980, 0: 20 }, 2000))).toEqual([expect.stringMatching(/missed/)]);
});

test('a watch of another length has misses and served responses of its own', () => {
  const some = tally({ 0: 20, 5: 30, 31: 50 }, 100);
  expect([missedPercent(some).value, missedPercent(some, 32).value]).toEqual([70, 20]);
  const watch = emptyWatch();
  watch.counts.canaryBad.fill(1);
  const served = ([30, 32] as const).map((watchMinutes) => {
    const counted = emptyTally();
    for (const minute of [0, 5, 31]) count(counted, watch, minute, watchMinutes);
    return counted.served;
  });
  expect(served).toEqual([30 + 5 + 30, 32 + 5 + 31]);
});

test('the table as deployed by default has the figures of the report', () => {
  const markdown = readFileSync(path.join(__dirname, '..', '..', 'docs', 'judge-benchmark.md'), 'utf8');
  const [, table] = /^## As deployed by default$([\s\S]*?)^## /m.exec(markdown)!;
  const rows = new Map(table.split('\n').map((row) => [row.split(' | ')[0].slice(2), row.slice(2, -2).split(' | ').slice(2)]));
  const withError = ({ value, standardError }: Estimate, digits: number) => `${value.toFixed(digits)} (${standardError.toFixed(digits)})`;
  for (const { scenario, deployed } of report.scenarios) {
    const cells = rows.get(scenario.id)!;
    if (scenario.truth === 'null') {
      expect(cells).toEqual([withError(rolledBackPercent(deployed, 32), 2)]);
      continue;
    }
    const minute = (share: number) => `${quantileMinute(deployed, share) ?? '-'}`;
    expect(cells.slice(0, 3)).toEqual([minute(0.5), minute(0.9), withError(missedPercent(deployed, 32), 1)]);
    expect(Math.abs(Number.parseFloat(cells[3]) - deployed.servedMean.value)).toBeLessThan(0.051);
  }
});

test('tallies add up', () => {
  const into = tally({ 3: 5 }, 10);
  add(into, { ...tally({ 3: 1, 0: 2 }, 3), served: 7, servedSquared: 9 });
  expect(into).toEqual({ ...tally({ 3: 6, 0: 2 }, 13), served: 7, servedSquared: 9 });
});
