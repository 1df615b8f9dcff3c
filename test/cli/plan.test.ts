import { runHere } from './in-process';

const plan = (...args: string[]) => runHere('plan', '--rpm', '6000', '--error-rate', '0.2%', ...args);

test('traffic that is enough is told with minutes and bad responses', async () => {
  expect(await plan()).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: [
      'steps: 10 % for 30 minutes',
      'error rate: a rise from 0.20 % to 2.20 % is found within about 7 minutes, at the cost of 92 bad responses',
      'slow requests: a rise from 5.00 % to 15.00 % is found within about 7 minutes, at the cost of 630 bad responses',
      '',
    ].join('\n'),
  });
});

test('traffic that is not enough comes with steps that would be, and ends with 2', async () => {
  const { exitCode, stdout } = await runHere('plan', '--rpm', '600', '--error-rate', '0.2%', '--difference', '0%', '--no-latency');
  expect(stdout).toMatch(
    /^steps: 10 % for 30 minutes\nerror rate: a rise from 0\.20 % to 1\.00 % is not found: the steps give the canary 1,680 requests, 46 % of what is needed with a margin for chance\n/,
  );
  expect(stdout).toMatch(/\nwould be enough: 10 % for 63 minutes\nwould be enough: 36 % for 30 minutes\n$/);
  expect(exitCode).toBe(2);
});

test('traffic that is never enough is told so', async () => {
  const { exitCode, stdout } = await runHere('plan', '--rpm', '1', '--error-rate', '0.2%');
  expect(stdout).toMatch(/\nno longer watch and no larger share would be enough\n$/);
  expect(exitCode).toBe(2);
});

test('steps that deployments may have are taken', async () => {
  expect((await plan('--steps', '5% 360m, 10% 360m')).exitCode).toBe(0);
  expect((await plan('--steps', '5% 3m, 10% 30m')).exitCode).toBe(0);
  expect((await plan('--steps', '5% 1m, 10% 30m', '--warm-up', '0')).exitCode).toBe(0);
  expect((await plan('--effect', '1.5')).exitCode).toBe(0);
});

test('steps that find a bad release, but may be too short for a healthy one, end with 2', async () => {
  const { exitCode, stdout } = await runHere('plan', '--rpm', '200', '--error-rate', '0.2%', '--steps', '10% 39m', '--no-latency');
  expect(stdout).toMatch(
    /error rate: a rise from 0\.20 % to 2\.20 % is found within about \d\d minutes, but a healthy release may be left without a verdict: the steps give the canary 740 requests, \d\d % of what is needed with a margin for chance\n/,
  );
  expect(exitCode).toBe(2);
});

test('steps, the smallest effect and alpha count', async () => {
  const minutes = async (...args: string[]) => JSON.parse((await plan('--no-latency', '--json', ...args)).stdout).metrics[0].minutes;
  const usual = await minutes();
  expect(await minutes('--steps', '1% 10m, 25% 20m')).toBeGreaterThan(usual);
  expect(await minutes('--effect', '2', '--difference', '0.8%')).toBeGreaterThan(usual);
  expect(await minutes('--alpha', '0.01%')).toBeGreaterThan(usual);
  expect(await minutes('--settle', '0', '--warm-up', '0')).toBe(usual - 4);
});

test('as JSON it has everything', async () => {
  const { stdout } = await runHere('plan', '--rpm', '200', '--error-rate', '0.2%', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    isDetectable: false,
    steps: [{ weight: 10, watchMinutes: 30 }],
    metrics: [{ label: 'error rate', minutes: null }, { label: 'slow requests' }],
    longer: [{ weight: 10, watchMinutes: expect.any(Number) }],
    heavier: [{ weight: expect.any(Number), watchMinutes: 30 }],
    sentence: expect.stringContaining(' would be enough'),
  });
});

test.each<[string, string[], RegExp]>([
  ['no traffic', ['--error-rate', '1%'], /'--rpm' is required/],
  ['no error rate', ['--rpm', '1'], /'--error-rate' is required/],
  ['traffic that is no number', ['--rpm', 'much', '--error-rate', '1%'], /'--rpm' must be a number from 0 to 1000000000, got 'much'/],
  [
    'a rate without its sign',
    ['--rpm', '1', '--error-rate', '0.2'],
    /'--error-rate' must be from 0% to 100%, written with its sign, got '0.2'/,
  ],
  ['a rate above all', ['--rpm', '1', '--error-rate', '101%'], /'--error-rate' must be from 0% to 100%, .* got '101%'/],
  [
    'an effect that is none',
    ['--rpm', '1', '--error-rate', '1%', '--effect', '1.4'],
    /'--effect' must be a number from 1.5 to 1000, got '1.4'/,
  ],
  ['an alpha of nothing', ['--rpm', '1', '--error-rate', '1%', '--alpha', '0%'], /'--alpha' must be from 0.01% to 20%, .* got '0%'/],
  ['half a minute', ['--rpm', '1', '--error-rate', '1%', '--settle', '0.5'], /'--settle' must be a whole number from 0 to 60, got '0.5'/],
  ['steps without a watch', ['--rpm', '1', '--error-rate', '1%', '--steps', '5%, 10% 3m'], /'--steps' must be steps of .* got '5%'/],
  ['steps that fall', ['--rpm', '1', '--error-rate', '1%', '--steps', '10% 3m, 5% 3m'], /'--steps' must grow in weight, got 5% after 10%/],
  [
    'steps that would be watched for more than a day if each was extended',
    ['--rpm', '1', '--error-rate', '1%', '--steps', '5% 700m, 10% 21m'],
    /'--steps' must watch for at most 720m in all, got 721m/,
  ],
  [
    'a first step that is all warm-up',
    ['--rpm', '1', '--error-rate', '1%', '--steps', '5% 2m, 10% 30m'],
    /'--steps' must begin with a watch that is longer than '--warm-up', 2m, got 2m/,
  ],
  [
    'a weight of all',
    ['--rpm', '1', '--error-rate', '1%', '--steps', '100% 30m'],
    /'--steps' must be steps of 1% to 99% .* got '100% 30m'/,
  ],
  ['an option it does not know', ['--fleet', 'shop'], /Unknown option '--fleet'/],
])('%s is a usage error', async (_name, args, message) => {
  const { exitCode, stdout, stderr } = await runHere('plan', ...args);
  expect(stderr).toMatch(message);
  expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
});
