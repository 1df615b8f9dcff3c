import { rmSync } from 'node:fs';
import { QUICK } from '../../bin/demo/plans';
import { runDemo } from '../../bin/demo/run';
import { createSampleApp } from '../../bin/demo/sample-app';
import { FAULTS } from './faults';

/**
 * The quick demo with the fault and the longest time of a deployment that the command line names; prints the problems, one a line, after
 * `PROBLEM `.
 */
async function main(fault: keyof typeof FAULTS, limitSeconds = String(QUICK.limitSeconds)): Promise<void> {
  const app = createSampleApp();
  try {
    const { problems } = await runDemo({
      ...QUICK,
      app,
      limitSeconds: Number(limitSeconds),
      prepare: FAULTS[fault],
      print: (line) => console.log(line),
    });
    for (const problem of problems) console.log(`PROBLEM ${problem}`);
  } finally {
    rmSync(app, { recursive: true, force: true });
  }
}

void main(process.argv[2] as keyof typeof FAULTS, process.argv[3]).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
