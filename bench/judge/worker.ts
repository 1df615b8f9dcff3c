import { parentPort } from 'node:worker_threads';
import { makeJudges } from './judges';
import type { Part } from './run-all';
import { runPart } from './run-part';

const judges = makeJudges();

parentPort!.on('message', ({ seed, scenario, from, to }: Part) => {
  parentPort!.postMessage(runPart(seed, scenario, from, to, judges));
});
