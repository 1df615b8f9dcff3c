import { version } from '../../package.json';
import { run } from './command';
import { runHere } from './in-process';

const REGION = { AWS_REGION: 'eu-west-1' };
const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };

/** Reasons that no command takes. */
const WRONG_REASONS = [['abort'], ['deploy', '--ref', 'v1'], ['rollback']].flatMap<[string, string[], RegExp]>((words) => {
  const command = [...words, '--fleet', 'shop', '--reason'];
  return [
    [`a blank reason for ${words[0]}`, [...command, ' '], /'--reason' must be a text of 1 to 500 characters, got none/],
    [`an empty reason for ${words[0]}`, [...command, ''], /'--reason' must be a text of 1 to 500 characters, got none/],
    [`a novel as the reason for ${words[0]}`, [...command, 'x'.repeat(501)], /of 1 to 500 characters, got 501/],
  ];
});

test.each<[string, string[], RegExp]>([
  ['an unknown command', ['ship', '--fleet', 'shop'], /the command must be one of deploy, rollback, status, abort, plan, judge, got ship/],
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
  ...WRONG_REASONS,
  [
    'a reason of two lines',
    ['rollback', '--fleet', 'shop', '--reason', 'a\nb'],
    /'--reason' must be one line of at most 500 characters, got "a\\nb"/,
  ],
  ['an empty ref', ['deploy', '--fleet', 'shop', '--ref', ''], /'--ref' must be a git ref of 1 to 255 letters, .*, got ""/],
  ['a ref that is an option of git', ['deploy', '--fleet', 'shop', '--ref=--all'], /'--ref' must be .*, got "--all"/],
  ['an empty release', ['deploy', '--fleet', 'shop', '--release', ''], /'--release' must be a release id that matches .*, got ""/],
  ['a release in capitals', ['rollback', '--fleet', 'shop', '--release', 'R1'], /'--release' must be a release id .*, got "R1"/],
  [
    'a name of two lines',
    ['rollback', '--fleet', 'shop', '--requested-by', 'a\nb'],
    /'--requested-by' must be one line of at most 500 characters, got "a\\nb"/,
  ],
])('%s is a usage error', async (_name, args, message) => {
  const { exitCode, stdout, stderr } = await runHere(...args);
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
});

test.each([[['-h']], [['--help']], [['deploy', '--help']], [['deploy', '-h']], [['plan', '-h']], [['judge', 'replay', '--help']]])(
  '%j asks for help',
  async (args) => {
    expect(await runHere(...args)).toEqual(await runHere('help'));
  },
);

test.each(['version', '--version', '-v'])('%s tells the version of the package', async (word) => {
  expect(await runHere(word)).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
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
