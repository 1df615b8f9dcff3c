import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { emptyTallies, type Tallies } from './run-part';
import type { Scenario } from './scenario';
import { add } from './tally';

/** Replications that a worker takes at once: enough to make the messages not matter, few enough to end together. */
const PART = 250;

/** A part of a scenario's replications, and the answer to it. */
export interface Part {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly from: number;
  readonly to: number;
}

/** Runs the replications of every scenario on all cores. Each replication has a seed of its own, so the parts may run in any order. */
export async function runAll(
  seed: number,
  scenarios: readonly Scenario[],
  replications: (scenario: Scenario) => number,
): Promise<Tallies[]> {
  const results = scenarios.map(emptyTallies);
  const parts = scenarios.flatMap((scenario, index) => divide(seed, scenario, replications(scenario)).map((part) => ({ index, part })));
  const workers = Array.from({ length: Math.min(availableParallelism(), parts.length) }, () => startWorker());
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (let next = parts.shift(); next !== undefined; next = parts.shift()) {
          merge(results[next.index], await ask(worker, next.part));
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results;
}

function divide(seed: number, scenario: Scenario, replications: number): Part[] {
  const parts: Part[] = [];
  for (let from = 0; from < replications; from += PART) parts.push({ seed, scenario, from, to: Math.min(from + PART, replications) });
  return parts;
}

function startWorker(): Worker {
  return new Worker(join(__dirname, 'worker.ts'), { execArgv: ['--no-warnings', '--require', 'tsx/cjs'] });
}

function ask(worker: Worker, part: Part): Promise<Tallies> {
  return new Promise((resolve, reject) => {
    const answer = (tallies: Tallies) => {
      worker.off('error', reject);
      resolve(tallies);
    };
    worker.once('message', answer);
    worker.once('error', reject);
    worker.postMessage(part);
  });
}

function merge(into: Tallies, more: Tallies): void {
  for (const name of Object.keys(into) as (keyof Tallies)[]) add(into[name], more[name]);
}
