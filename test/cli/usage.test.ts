import { version } from '../../package.json';
import { run } from './command';

const REGION = { AWS_REGION: 'eu-west-1' };
const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };

test.each<[string, string[], RegExp]>([
  ['an unknown command', ['ship', '--fleet', 'shop'], /the command must be one of deploy, rollback, status, abort, got ship/],
  ['an unknown option', ['status', '--fleet', 'shop', '--all'], /Unknown option '--all'/],
  ['an argument without option', ['deploy', 'v1', '--fleet', 'shop'], /Unexpected argument 'v1'/],
  ['no fleet', ['status'], /'--fleet' is required/],
  ['a fleet that no stack can have', ['status', '--fleet', 'My Shop'], /'--fleet' must be .* in lower case, got 'My Shop'/],
  ['neither ref nor release', ['deploy', '--fleet', 'shop'], /exactly one of '--ref' and '--release'/],
  ['both ref and release', ['deploy', '--fleet', 'shop', '--ref', 'v1', '--release', 'r1'], /exactly one of '--ref' and '--release'/],
  ['a ref for a rollback', ['rollback', '--fleet', 'shop', '--ref', 'v1'], /Unknown option '--ref'/],
  ['a poll of no time', ['deploy', '--fleet', 'shop', '--ref', 'v1', '--poll', '0'], /'--poll' must be a number of seconds above 0, got 0/],
  ['a poll that is no number', ['rollback', '--fleet', 'shop', '--poll', 'often'], /'--poll' must be a number .* got often/],
  ['an abort without reason', ['abort', '--fleet', 'shop'], /'--reason' is required/],
  [
    'an abort with an empty reason',
    ['abort', '--fleet', 'shop', '--reason', ' '],
    /'--reason' must be a text of 1 to 500 characters, got none/,
  ],
  ['an abort with a novel', ['abort', '--fleet', 'shop', '--reason', 'x'.repeat(501)], /of 1 to 500 characters, got 501/],
])('%s is a usage error', async (_name, args, message) => {
  const { exitCode, stdout, stderr } = await run(args, { ...REGION, ...KEYS });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^asg-canary: .* \(see asg-canary --help\)\n$/);
  expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
});

test('help is asked for or shown where nothing is', async () => {
  const [asked, bare] = await Promise.all([run(['help']), run([])]);
  expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
  expect(asked.stdout).toMatch(/^usage: asg-canary COMMAND --fleet NAME/);
  expect(asked.stdout).toContain('exit status: 0 done, 1 rolled back, 2 refused');
  expect(bare).toEqual({ ...asked, exitCode: 64 });
  expect(await run(['deploy', '--help'])).toEqual(asked);
});

test('the version is that of the package', async () => {
  expect(await run(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

test.each<[string, Record<string, string>, RegExp]>([
  ['no region', KEYS, /there is no AWS region: set AWS_REGION/],
  ['no credentials', REGION, /there are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID/],
  ['nobody at the endpoint', { ...REGION, ...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, /AWS cannot be reached: .*ECONNREFUSED/],
])('%s is told in words, with 69', async (_name, environment, message) => {
  const { exitCode, stderr } = await run(['status', '--fleet', 'shop'], environment);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(exitCode).toBe(69);
});
