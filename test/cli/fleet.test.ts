import { LiveFleet } from '../live/live-fleet';
import { type CommandEnd, run } from './command';

jest.setTimeout(120_000);

/** Watched for so long that a test can abort in the middle; without clients, so that only an abort ends it in time. */
const CONTEXT = { steps: '30% 60m', bakeMinutes: 0, onUndetectable: 'warn' };

let fleet: LiveFleet;
let operator: Record<string, string>;

const asgCanary = (...args: string[]): Promise<CommandEnd> => run([args[0], '--fleet', 'hello', ...args.slice(1)], operator);
const deploy = (...args: string[]) => asgCanary('deploy', '--poll', '0.1', ...args);
const statusNow = async () => JSON.parse((await asgCanary('status', '--json')).stdout);

/** Waits until the canary has traffic; fails where the deployment ends before. */
async function canaryHasTraffic(deployment: Promise<CommandEnd>): Promise<void> {
  let ended: CommandEnd | undefined;
  void deployment.then((end) => (ended = end));
  while (fleet.canaryWeight() === 0) {
    if (ended !== undefined) throw new Error(`the deployment ended before the canary had traffic: ${ended.stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

beforeAll(async () => {
  fleet = await LiveFleet.create(CONTEXT);
  operator = fleet.lab.operatorEnvironment();
  for (const id of ['r1', 'r2']) fleet.release(id);
});

afterAll(() => fleet.stop());

test('before the first release, status says so', async () => {
  const { exitCode, stdout } = await asgCanary('status');
  expect(exitCode).toBe(0);
  expect(stdout).toBe('fleet:    hello\nrunning:  no deployment\ncanary:   no traffic\nhistory:  nothing was deployed yet\n');
  expect(await statusNow()).toEqual({ fleet: 'hello', deployment: null, canaryWeight: 0, history: [] });
});

test('a release that does not exist is refused with 2, and the cause names it', async () => {
  const { exitCode, stdout, stderr } = await deploy('--release', 'nowhere', '--bootstrap');
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'refused', cause: expect.stringContaining('nowhere') });
  expect(stderr).toMatch(/^started arn:aws:states:\S+$/m);
  expect(stderr).toMatch(/^refused: .*nowhere/m);
});

test('a promoted release ends with 0, and its states are told on the way', async () => {
  const { exitCode, stdout, stderr } = await deploy('--release', 'r1', '--bootstrap', '--reason', 'first', '--requested-by', 'ci');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'promoted', release: 'r1' });
  expect(stderr.match(/^\S+: [A-Z].+$/gm)?.length).toBeGreaterThan(2);
  expect(stderr).toMatch(/^promoted: r1/m);
});

test('a roll-back puts a retained release on every instance', async () => {
  const { exitCode, stdout } = await asgCanary('rollback', '--poll', '0.1', '--release', 'r2');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'promoted', release: 'r2', previous: 'r1' });
  expect(Object.values(fleet.disks()).map(({ current }) => current)).toEqual(['r2', 'r2', 'r2']);
});

test('a roll-back without a name is refused where no release before is on record', async () => {
  const { exitCode, stderr } = await asgCanary('rollback', '--poll', '0.1');
  expect(stderr).toMatch(/^refused: no release before 'r2' is on record: name the one to go back to/m);
  expect(exitCode).toBe(2);
});

test('status tells the last deployments, the newest first', async () => {
  const { history } = await statusNow();
  expect(history.map(({ verdict, release }: Record<string, string>) => `${verdict} ${release}`.trim())).toEqual([
    'refused',
    'promoted r2',
    'promoted r1',
    'refused nowhere',
  ]);
  expect((await asgCanary('status')).stdout).toMatch(/^history: {2}\S+Z {2}refused {2}nowhere\n {10}\S/m);
});

test('an abort takes the canary out of traffic at once; the deployment that runs then rolls back, with 1', async () => {
  fleet.release('r3');
  const deployment = deploy('--release', 'r3');
  await canaryHasTraffic(deployment);
  const during = await statusNow();
  expect(during).toMatchObject({
    canaryWeight: 30,
    deployment: { execution: expect.stringMatching(/^arn:aws:states:/), state: expect.any(String) },
  });
  expect((await asgCanary('status')).stdout).toMatch(/^running: {2}\S.* \(arn:\S+\)\ncanary: {3}30 % of the traffic$/m);

  const second = await deploy('--release', 'r1');
  expect(second).toMatchObject({ exitCode: 2, stdout: expect.stringContaining(during.deployment.execution) });

  const abort = await asgCanary('abort', '--reason', 'checkout is broken');
  expect(fleet.canaryWeight()).toBe(0);
  expect(abort).toMatchObject({ exitCode: 0, stdout: `the canary is out of traffic; ${during.deployment.execution} rolls back\n` });

  const { exitCode, stdout } = await deployment;
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'rolledBack', release: 'r3', cause: expect.stringContaining('checkout is broken') });
  expect(await statusNow()).toMatchObject({ deployment: null, canaryWeight: 0 });
});

test('an abort of nothing says that nothing runs', async () => {
  expect(await asgCanary('abort', '--reason', 'none')).toMatchObject({
    exitCode: 0,
    stdout: 'no deployment is running; the canary has no traffic\n',
  });
});

test('a deployment that is not waited for gives its execution, and one that is stopped ends with 3', async () => {
  const { exitCode, stdout } = await deploy('--release', 'nowhere', '--no-wait');
  expect(exitCode).toBe(0);
  const { stepFunctions } = fleet.lab.account;
  expect((await stepFunctions.waitForExecution(stdout.trim())).status).toBe('FAILED');
  const stopped = deploy('--release', 'r1');
  await canaryHasTraffic(stopped);
  stepFunctions.stopExecution((await statusNow()).deployment.execution);
  expect(await stopped).toMatchObject({ exitCode: 3, stdout: '', stderr: expect.stringContaining('ended ABORTED without an outcome') });
});

test('a fleet that is not there is named, with 2', async () => {
  const { exitCode, stderr } = await run(['status', '--fleet', 'shop'], operator);
  expect(stderr).toBe(
    "asg-canary: '--fleet' must name a fleet of this account and region, got shop: there is no parameter /asg-canary/shop\n",
  );
  expect(exitCode).toBe(2);
});

test('a key that may not do it is told which action it lacks, with 69', async () => {
  const { iam } = fleet.lab.account;
  const instanceRole = iam.statements().find(({ roleLogicalId }) => /Instance/.test(roleLogicalId))!.roleArn;
  const { accessKeyId, secretAccessKey, sessionToken } = iam.issueKey(instanceRole, { session: true });
  const environment = {
    ...operator,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken!,
  };
  const { exitCode, stderr } = await run(['deploy', '--fleet', 'hello', '--release', 'r2'], environment);
  expect(stderr).toMatch(/^asg-canary: AWS does not allow it: .*ssm:GetParameter/);
  expect(exitCode).toBe(69);
});
