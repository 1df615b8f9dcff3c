import { rmSync } from 'node:fs';
import { createSampleApp } from '../../bin/demo/sample-app';
import { type DemoEnd, DemoProcess } from './demo-process';
import type { FAULTS } from './faults';

jest.setTimeout(240_000);

const DEMO = 'bin/demo.ts';
const healthyApp = createSampleApp(true);
const processes: DemoProcess[] = [];

/** Demos at a time: each needs about one core. The first, which must find nothing at all, has the machine for itself. */
const LANES = 2;

const runs: Record<string, () => DemoProcess> = {
  faultless: () => new DemoProcess(DEMO, ['--quick']),
  healthyV3: () => new DemoProcess(DEMO, ['--quick', '--app', healthyApp]),
  modifyRuleIsIgnored: () => faulty('modifyRuleIsIgnored'),
  oneInstanceKeepsV1: () => faulty('oneInstanceKeepsV1'),
  oneRequestIsReset: () => faulty('oneRequestIsReset'),
};

function faulty(fault: keyof typeof FAULTS): DemoProcess {
  return new DemoProcess('test/demo/faulty-demo.ts', [fault]);
}

const ends: Record<string, DemoEnd> = {};

beforeAll(async () => {
  const waiting = Object.keys(runs);
  const next = async (): Promise<void> => {
    const name = waiting.shift()!;
    const run = runs[name]();
    processes.push(run);
    ends[name] = await run.ended;
  };
  const lane = async (): Promise<void> => {
    while (waiting.length > 0) await next();
  };
  await next();
  await Promise.all(Array.from({ length: LANES }, lane));
});

afterAll(async () => {
  await Promise.all(processes.map((run) => run.dispose()));
  rmSync(healthyApp, { recursive: true });
});

/** What a demo found not to be as it should, one a line. */
function problems(name: string): string[] {
  return [...ends[name].stdout.matchAll(/^(?:PROBLEM|NOT AS IT SHOULD BE:) (.*)$/gm)].map(([, problem]) => problem);
}

test('without a fault, the demo finds nothing, exits with 0 and leaves nothing behind', () => {
  expect(problems('faultless')).toEqual([]);
  expect(ends.faultless).toMatchObject({ exitCode: 0, stderr: '' });
  expect(processes[0].leftovers()).toEqual([]);
  expect(processes[0].family()).toEqual([]);
});

test('its output tells how fast the canary lost its traffic, and fits a terminal', () => {
  const { stdout } = ends.faultless;
  expect(stdout).toMatch(/^v3-\w{8} +rolledBack .* 0\.\d\d s, 2 transitions, 3 API calls$/m);
  expect(stdout).toMatch(/^ +\d+\.\d s {2}v2 {2}[A-Z][a-z ]+ 50 % +[\d,]+ +0 +[\d,]+ +0$/m);
  expect(stdout.match(/^ {2}i-[0-9a-f]{17} {2}v2-\w{8}$/gm)).toHaveLength(3);
  expect(stdout.split('\n').filter((line) => line.length > 110)).toEqual([]);
});

test('a healthy v3 is a problem, and the exit status says so', () => {
  expect(ends.healthyV3.exitCode).toBe(1);
  expect(problems('healthyV3')).toContainEqual(expect.stringMatching(/^v3 should be rolledBack, but is promoted: /));
});

test('a ModifyRule that is ignored is a problem', () => {
  expect(problems('modifyRuleIsIgnored')).toContainEqual(expect.stringMatching(/^v2 should be promoted, but is rolledBack: .*rule/));
});

test('one instance that keeps v1 is a problem', () => {
  expect(problems('oneInstanceKeepsV1').filter((problem) => problem.startsWith('instance'))).toEqual([
    expect.stringMatching(/^instance i-[0-9a-f]{17} should run v2-\w{8}, but runs v1-\w{8}$/),
  ]);
});

test('one request that is reset is a problem', () => {
  expect(problems('oneRequestIsReset')).toContainEqual('1 requests failed for a reason of their own: ECONNRESET');
});
