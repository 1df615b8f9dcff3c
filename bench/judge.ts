import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureCost } from './judge/cost';
import type { Benchmark } from './judge/report/benchmark';
import { toJson } from './judge/report/json';
import { toMarkdown } from './judge/report/markdown';
import { toPlots } from './judge/report/plots';
import { shortfalls } from './judge/report/shortfalls';
import { runAll } from './judge/run-all';
import { REPLICATIONS, type Scenario } from './judge/scenario';
import { SCENARIOS } from './judge/scenarios';
import { SEEDS } from './judge/seeds';

const USAGE = `usage: npm run bench:judge [-- [--tuning] [--only IDS] [--replications N]]

Without options: every scenario with the seed of the report; writes docs/judge-benchmark.md, .json and the plots beside them.
With any option the Markdown is printed and nothing is written.

  --tuning          the seed that constants are chosen on
  --only IDS        these scenarios, as in B1,B8,LB8
  --replications N  of each scenario, in place of ${REPLICATIONS.null} healthy and ${REPLICATIONS.bad} bad ones`;

const COMMAND = 'npm run bench:judge';
const DOCS = join(__dirname, '..', 'docs');

/** Runs the benchmark; 0 only if our judge is behind in no row. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { tuning: { type: 'boolean' }, only: { type: 'string' }, replications: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const began = performance.now();
  const isReport = Object.keys(values).length === 0;
  const benchmark = await run(values.tuning ? SEEDS.tuning : SEEDS.report, chosen(values.only), replications(values.replications));
  if (isReport) write(benchmark);
  else console.log(toMarkdown(benchmark));
  const { user, system } = process.cpuUsage();
  const [look] = benchmark.cost.looks;
  console.log(`one look at ${look.minutes} minutes x ${benchmark.cost.metrics} metrics: ${look.milliseconds.toFixed(2)} ms`);
  console.log(`${((performance.now() - began) / 1000).toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of CPU`);
  for (const line of benchmark.shortfalls) console.log(`behind: ${line}`);
  return benchmark.shortfalls.length === 0 ? 0 : 1;
}

async function run(seed: number, scenarios: readonly Scenario[], counts: Benchmark['replications']): Promise<Benchmark> {
  const tallies = await runAll(seed, scenarios, ({ truth }) => counts[truth]);
  const results = scenarios.map((scenario, index) => ({ scenario, tallies: tallies[index] }));
  const ours = (id: string) => results.find(({ scenario }) => scenario.id === id)?.tallies.ours;
  return { command: COMMAND, seed, replications: counts, results, cost: measureCost(), shortfalls: shortfalls(ours) };
}

function chosen(only?: string): readonly Scenario[] {
  if (only === undefined) return SCENARIOS;
  return only.split(',').map((id) => {
    const scenario = SCENARIOS.find((candidate) => candidate.id === id);
    if (scenario === undefined)
      throw new Error(`'--only' must name scenarios of ${SCENARIOS.map((each) => each.id).join(', ')}, got ${id}`);
    return scenario;
  });
}

function replications(given?: string): Benchmark['replications'] {
  if (given === undefined) return REPLICATIONS;
  const number = Number(given);
  if (!Number.isInteger(number) || number < 1) throw new Error(`'--replications' must be a whole number of at least 1, got ${given}`);
  return { null: number, bad: number };
}

function write(benchmark: Benchmark): void {
  mkdirSync(DOCS, { recursive: true });
  const files = { 'judge-benchmark.md': toMarkdown(benchmark), 'judge-benchmark.json': toJson(benchmark), ...toPlots(benchmark) };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(DOCS, name), text);
  console.log(
    `written: ${Object.keys(files)
      .map((name) => `docs/${name}`)
      .join(', ')}`,
  );
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
