import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shortfalls } from './switch/limits';
import { measure } from './switch/measure';
import { Processes } from './switch/processes';
import { toMarkdown } from './switch/report';
import { FULL, QUICK } from './switch/sizes';

const USAGE = `usage: npm run bench:switch [-- --quick]

Deploys the same releases to the same hosts with the host program and with Capistrano, and compares.
Without options: every row, in about twenty minutes; writes docs/switch-benchmark.md. Takes up to 40 GB of disk meanwhile.

  --quick  the small application on 1 and 2 hosts; the page is printed and nothing is written`;

const PAGE = join(__dirname, '..', 'docs', 'switch-benchmark.md');

/** Runs the benchmark; 0 only if we are within every limit. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const began = performance.now();
  const processes = new Processes();
  const folder = mkdtempSync(join(tmpdir(), 'asg-canary-bench-switch-'));
  const cleanUp = () => {
    processes.endAll();
    spawnSync('rm', ['-rf', folder]);
  };
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.once(signal, () => {
      cleanUp();
      process.exit(code);
    });
  try {
    const benchmark = await measure(values.quick ? QUICK : FULL, processes, folder);
    const page = toMarkdown(benchmark);
    if (values.quick) console.log(page);
    else writeFileSync(PAGE, page);
    const behind = shortfalls(benchmark);
    for (const line of behind) console.log(`behind: ${line}`);
    return behind.length === 0 ? 0 : 1;
  } finally {
    cleanUp();
    console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
