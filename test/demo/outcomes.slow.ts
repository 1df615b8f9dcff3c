import { rmSync } from 'node:fs';
import { createSampleApp } from '../../bin/demo/sample-app';
import { type DemoEnd, DemoProcess } from './demo-process';
import type { FAULTS } from './faults';

jest.setTimeout(600_000);

const DEMO = 'bin/demo.ts';
const healthyApp = createSampleApp(true);
const processes: DemoProcess[] = [];

const runs: Record<string, () => DemoProcess> = {
  faultless: () => new DemoProcess(DEMO, ['--quick']),
  healthyV3: () => new DemoProcess(DEMO, ['--quick', '--app', healthyApp]),
  modifyRuleIsIgnored: () => faulty('modifyRuleIsIgnored'),
  oneInstanceKeepsV1: () => faulty('oneInstanceKeepsV1'),
  oneRequestIsReset: () => faulty('oneRequestIsReset'),
  buildsNeverEnd: () => faulty('buildsNeverEnd', 10),
};

function faulty(fault: keyof typeof FAULTS, limitSeconds?: number): DemoProcess {
  return new DemoProcess('test/demo/faulty-demo.ts', [fault, ...(limitSeconds === undefined ? [] : [String(limitSeconds)])]);
}

const ends: Record<string, DemoEnd> = {};

// One after the other: each needs more than a core, and a machine that cannot keep up shows faults of its own.
beforeAll(async () => {
  for (const [name, run] of Object.entries(runs)) {
    const demo = run();
    processes.push(demo);
    ends[name] = await demo.ended;
  }
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
  expect(stdout).toMatch(/^ +\d+\.\d s {2}v2 {2}[A-Z][a-z ]+ [1-9]\d? % +[\d,]+ +0 +[\d,]+ +0$/m);
  expect(stdout.match(/^ {2}i-[0-9a-f]{17} {2}v2-\w{8}$/gm)).toHaveLength(3);
  expect(stdout.split('\n').filter((line) => line.length > 110)).toEqual([]);
});

test('a healthy v3 is one problem, and the exit status says so', () => {
  expect(ends.healthyV3.exitCode).toBe(1);
  expect(problems('healthyV3')).toEqual([
    expect.stringMatching(/^v3 should be rolledBack, but is promoted: .* answers some requests with 5xx$/),
  ]);
});

test('a deployment that does not end is ended with a problem, and nothing is left behind', () => {
  expect(ends.buildsNeverEnd).toMatchObject({ exitCode: 1 });
  expect(ends.buildsNeverEnd.stderr).toMatch(
    /the deployment of v1 has not ended within 10 s: it is in the state 'Build release'; nothing has failed; /,
  );
  expect(processes.flatMap((run) => [...run.leftovers(), ...run.family()])).toEqual([]);
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
