import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const v1 = build('v1');
let aws: TinyAws;
let host: TestHost;
beforeAll(async () => {
  aws = await TinyAws.start();
  upload(aws, v1);
  host = new TestHost(aws);
});
afterAll(async () => {
  host.remove();
  await aws.stop();
});

test('a new journal is begun when the old one is long, and the old one is kept', async () => {
  await host.stage(v1, 1);
  writeFileSync(path.join(host.app, '.asg-canary/journal'), 'x'.repeat(1 << 20));
  expect(await host.run(['prune'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(host.file('.asg-canary/journal')).toMatch(/^\S+ \d+ prune done\n$/);
  expect(host.file('.asg-canary/journal.old')).toMatch(/^x{1048576}/);
});
