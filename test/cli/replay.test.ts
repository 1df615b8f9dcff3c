import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { evidence } from '../../lambda/core/judge/sequential/evidence';
import { ERROR_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { counts, type Row } from '../judge/minutes';
import { runHere } from './in-process';

const NAMES = 'minute,stableRequests,stableBad,canaryRequests,canaryBad';
const HEALTHY = '5400,11,600,1';
const FIVEFOLD = '5400,11,600,6';

const folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

function recorded(text: string): string {
  const file = path.join(folder, 'recording');
  writeFileSync(file, text);
  return file;
}

function csv(...minutes: readonly string[]): string {
  return recorded([NAMES, ...minutes.map((cells, index) => `12:${String(index).padStart(2, '0')},${cells}`)].join('\n'));
}

const times = (count: number, cells: string) => new Array<string>(count).fill(cells);
const replay = (...args: string[]) => runHere('judge', 'replay', ...args);

test('an incident is rolled back at a minute, with the reason, and ends with 1', async () => {
  const { exitCode, stdout, stderr } = await replay(csv(...times(5, HEALTHY), ...times(20, FIVEFOLD)));
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^minute 1 {4}inconclusive {2}errorRate: canary 0\.17 %, stable 0\.20 %, evidence 0\.\d+$/);
  const decided = Number(/^rolled back after minute (\d+):$/.exec(lines.at(-2)!)![1]);
  expect(decided).toBeGreaterThan(6);
  expect(decided).toBeLessThan(15);
  expect(lines).toHaveLength(decided + 3);
  expect(lines.at(-1)).toMatch(/^ {2}error rate: canary .* times stable's; evidence \d+ against a limit of 100 after \d+ minutes$/);
});

test('health is not rolled back, and ends with 0', async () => {
  const { exitCode, stdout } = await replay(csv(...times(30, HEALTHY)));
  expect(stdout).toMatch(
    /\nnot rolled back; from minute 3 on there was enough to promote on:\n {2}error rate: .* after 30 minutes; proven safe\n$/,
  );
  expect(exitCode).toBe(0);
});

test('a fault that begins after hours is found: the file has as many minutes in which one may begin', async () => {
  const { exitCode, stdout } = await replay('--json', csv(...times(150, '540,11,60,1'), ...times(30, '540,11,60,4')));
  const { verdict, minute, metrics } = JSON.parse(stdout);
  expect({ exitCode, verdict }).toEqual({ exitCode: 1, verdict: 'fail' });
  expect(minute).toBeGreaterThan(150);
  const settings = { ...ERROR_SETTINGS, horizonMinutes: 180 };
  const rows = [...new Array<Row>(150).fill([540, 11, 60, 1]), ...new Array<Row>(30).fill([540, 11, 60, 4])];
  expect(metrics[0].evidence).toBe(evidence(counts(rows.slice(0, minute)), settings).value);
});

test('a short file is judged as the beginning of half an hour', async () => {
  const { stdout } = await replay('--json', csv(...times(5, HEALTHY)));
  const settings = { ...ERROR_SETTINGS, horizonMinutes: 30 };
  expect(JSON.parse(stdout).metrics[0].evidence).toBe(evidence(counts(new Array<Row>(5).fill([5400, 11, 600, 1])), settings).value);
});

test('too little is inconclusive, and ends with 3', async () => {
  const { exitCode, stdout } = await replay(csv(...times(5, '540,1,6,0')));
  expect(stdout).toMatch(
    /\nnot rolled back, and after minute 5 not enough to promote on:\n {2}error rate: .* requests to the canary are needed/,
  );
  expect(exitCode).toBe(3);
});

test('the warm-up is left to the fast guard', async () => {
  const bad = '5400,11,600,100';
  expect((await replay('--warm-up', '5', csv(...times(5, bad), ...times(30, HEALTHY)))).exitCode).toBe(0);
  const { exitCode, stdout } = await replay('--warm-up', '5', csv('5400,11,600,300', ...times(30, HEALTHY)));
  expect(stdout).toMatch(/rolled back after minute 1:\n.*\(300 of 600 requests\), .* in one minute; no more evidence is needed\n$/);
  expect(exitCode).toBe(1);
});

test('slow requests are judged too where the file has them; both share alpha', async () => {
  const names = `${NAMES},stableSlow95,canarySlow95,stableSlow99,canarySlow99`;
  const text = [names, ...times(30, `,${HEALTHY},270,60,54,12`)].join('\r\n');
  const { exitCode, stdout } = await replay('--json', recorded(text));
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({
    verdict: 'fail',
    metrics: [
      { metric: 'errorRate', verdict: expect.stringMatching(/pass|inconclusive/), limit: 200 },
      { metric: 'latency', verdict: 'fail', limit: 200, canaryBad: 60 * found.minute },
    ],
  });
  expect(found.minutes).toHaveLength(found.minute);
  expect(exitCode).toBe(1);
});

test('JSON is read as CSV is, and what is missing is 0', async () => {
  const fromCsv = await replay(csv('5400,11,600,6', '5400,,600,6', ',,,'));
  const minutes = [
    { stableRequests: 5400, stableBad: 11, canaryRequests: 600, canaryBad: 6 },
    { stableRequests: 5400, canaryRequests: 600, canaryBad: 6 },
    { stableRequests: null },
  ];
  expect(await replay(recorded(JSON.stringify(minutes)))).toEqual(fromCsv);
  expect(fromCsv.stdout).toMatch(/^minute 3 /m);
});

test.each<[string, string, RegExp]>([
  ['is empty', '', /FILE must have 1 to 1440 minutes, got 0/],
  ['has names only', NAMES, /FILE must have 1 to 1440 minutes, got 0/],
  ['is too long', [NAMES, ...times(1441, `,${HEALTHY}`)].join('\n'), /FILE must have 1 to 1440 minutes, got 1441/],
  ['lacks a column', 'stableRequests,canaryRequests,canaryBad\n1,1,1', /must have the columns .* got none of the name stableBad/],
  ['has half of the slow columns', `${NAMES},canarySlow95\n1,1,1,1,1,1`, /got none of the name stableSlow95, stableSlow99, canarySlow99/],
  ['has a broken line', `${NAMES}\n1,2`, /line 2 must have 5 cells, as the line of names has, got 2/],
  ['has a word for a number', `${NAMES}\n\n1,5400,few,600,1`, /'stableBad' of line 3 must be a number from 0 to 1e15, got 'few'/],
  ['has a negative number', `${NAMES}\n1,-1,0,600,1`, /'stableRequests' of line 2 must be a number from 0 to 1e15, got '-1'/],
  ['has more errors than requests', `${NAMES}\n1,5400,1,600,601`, /'canaryBad' of line 2 must be at most canaryRequests, 600, got 601/],
  ['is broken JSON', '[{', /FILE must be CSV or JSON: /],
  ['is an object', '{}', /FILE must be an array of minutes where it is JSON, got an object/],
  ['has a number for a minute', '[7]', /minute 1 must be an object, got 7/],
])('a file that %s is refused', async (_name, text, message) => {
  const { exitCode, stdout, stderr } = await replay(recorded(text));
  expect(stderr).toMatch(message);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});

test('a file that is not there is refused', async () => {
  const { exitCode, stderr } = await replay('/nonexistent/minutes.csv');
  expect(stderr).toMatch(/^asg-canary: FILE must be one that can be read, got '\/nonexistent\/minutes.csv': ENOENT/);
  expect(exitCode).toBe(2);
});

test.each<[string, string[], RegExp]>([
  ['no subcommand', [], /'judge' must be followed by replay, got nothing/],
  ['another subcommand', ['plan'], /'judge' must be followed by replay, got 'plan'/],
  ['no file', ['replay'], /'judge replay' needs exactly one FILE, got 0/],
  ['two files', ['replay', 'a', 'b'], /'judge replay' needs exactly one FILE, got 2/],
  ['a warm-up of no number', ['replay', 'a', '--warm-up', 'x'], /'--warm-up' must be a whole number from 0 to 60, got 'x'/],
  ['an effect that is too small', ['replay', 'a', '--effect', '1.4'], /'--effect' must be a number from 1.5 to 1000, got '1.4'/],
  ['an unknown option', ['replay', 'a', '--all'], /Unknown option '--all'/],
])('%s is a usage error', async (_name, args, message) => {
  const { exitCode, stderr } = await runHere('judge', ...args);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(64);
});
