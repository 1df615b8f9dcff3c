import { build, message, PLACEHOLDER, pointer, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const POINTER = 'artifacts/fleets/shop/stable';
const files = (health: number) => ({ 'index.html': 'page', 'health.txt': String(health) });
const v1 = build('v1', files(200));
const v2 = build('v2', { ...files(200), extra: '2' });
const sick = build('sick', files(503));

let aws: TinyAws;
let host: TestHost;
beforeAll(async () => {
  aws = await TinyAws.start();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.reset();
  upload(aws, v1, v2, sick);
  aws.put('assets/placeholder.tar.gz', PLACEHOLDER.archive);
  host = new TestHost(aws);
  aws.health = () => (host.list('current/').includes('health.txt') ? Number(host.file('current/health.txt')) : 200);
});
afterEach(() => host.remove());

describe('a host that stages both releases', () => {
  beforeEach(() => host.writeConfig(`${host.configText()}STAGE_BOTH=yes\n`));

  test.each([
    ['checking', v1, v2, 'v1', ['v1', 'v2']],
    ['promoted', v1, v2, 'v2', ['v1', 'v2']],
    ['promoted', undefined, v2, 'v2', ['v2']],
    ['checking', undefined, v2, 'placeholder', ['placeholder', 'v2']],
    ['idle', v1, undefined, 'v1', ['v1']],
  ])('has them before it enters service, while %s', async (phase, committed, candidate, active, staged) => {
    aws.put(POINTER, pointer(2, phase, committed, candidate));
    expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await host.status()).toMatchObject({ release: active, staged });
    expect(aws.requests.findIndex((request) => request.startsWith('POST '))).toBe(aws.requests.length - 1);
    expect(aws.completions.map(({ result }) => result)).toEqual(['CONTINUE']);
  });

  test.each([
    ['is missing', () => aws.objects.delete('artifacts/releases/v2/release.tar.gz'), []],
    ['is another', () => aws.put('artifacts/releases/v2/release.tar.gz', v1.archive), ['v2']],
  ])('enters service where the other release %s', async (_what, damage, bad) => {
    damage();
    aws.put(POINTER, pointer(2, 'checking', v1, v2));
    expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0 });
    expect(await host.status()).toMatchObject({ release: 'v1', staged: ['v1'], bad });
    expect(aws.completions.map(({ result }) => result)).toEqual(['CONTINUE']);
    expect(host.file('.asg-canary/journal')).toContain('sync the launch goes on without v2\n');
  });

  test('does so at boot only', async () => {
    aws.put(POINTER, pointer(2, 'checking', v1, v2));
    expect(await host.run(['sync'])).toMatchObject({ exitCode: 0 });
    expect(host.list('releases')).toEqual(['v1']);
  });

  test('still gives up the launch where its own release is refused', async () => {
    aws.put(POINTER, pointer(2, 'checking', sick, v2));
    expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 70 });
    expect(aws.completions.map(({ result }) => result)).toEqual(['ABANDON']);
  });

  test.each(['maybe', ''])('is told so by yes or no, not by %j', async (value) => {
    host.writeConfig(host.configText() + `STAGE_BOTH=${value}\n`);
    const result = await host.run(['sync']);
    expect([result.exitCode, message(result)]).toEqual([65, `malformed host.conf: 'STAGE_BOTH' must match 'yes|no', got '${value}'`]);
  });
});
