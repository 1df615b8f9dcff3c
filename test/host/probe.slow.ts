import { HEALTH_CHECK, UNHEALTHY_AFTER_SECONDS } from '../../lib/health-check';
import { build, message, pointer, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const sick = build('sick', { 'index.html': 'page' });
let aws: TinyAws;
let host: TestHost;
let asked = 0;

beforeAll(async () => {
  aws = await TinyAws.start();
  upload(aws, sick);
  aws.health = () => {
    asked++;
    return 503;
  };
  host = new TestHost(aws);
  host.writeConfig(host.configText().replace('PROBE_ATTEMPTS=1', 'PROBE_ATTEMPTS=99'));
});
afterAll(async () => {
  host.remove();
  await aws.stop();
});

test('a host gives a sick release up before the load balancer gives the host up', async () => {
  aws.put('artifacts/fleets/shop/stable', pointer(1, 'promoting', undefined, sick));
  const result = await host.activate(sick, 1);
  expect(message(result)).toMatch(/^probe of sick failed: .*\/health answered 503/);
  const mostSecondsOfAnAttempt = 1 + HEALTH_CHECK.timeout;
  expect(asked).toBeGreaterThan(1);
  expect(asked).toBeLessThan(UNHEALTHY_AFTER_SECONDS - mostSecondsOfAnAttempt);
}, 90_000);
