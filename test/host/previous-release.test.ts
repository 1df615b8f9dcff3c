import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { build, message, pointer, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const [v1, v2] = [build('v1'), build('v2')];
let aws: TinyAws;
let host: TestHost;
beforeEach(async () => {
  aws = await TinyAws.start();
  upload(aws, v1, v2);
  host = new TestHost(aws);
});
afterEach(async () => {
  host.remove();
  await aws.stop();
});

test.each([
  ['was removed by hand', () => rmSync(path.join(host.app, 'releases/v1'), { recursive: true })],
  ['another tool had linked', () => relink('legacy')],
  ['cannot be a release by its name', () => relink('HTML')],
])('a release that fails its probe stays rather than give way to one that %s', async (_, spoil) => {
  aws.put('artifacts/fleets/shop/stable', pointer(1, 'promoting', undefined, v1));
  expect(await host.activate(v1, 1)).toMatchObject({ exitCode: 0 });
  spoil();
  aws.put('artifacts/fleets/shop/stable', pointer(2, 'promoting', v1, v2));
  aws.health = () => 500;
  const result = await host.activate(v2, 2);
  expect([result.exitCode, message(result)]).toEqual([70, expect.stringContaining('there is no previous release')]);
  expect(host.file('current/index.html')).toBe('v2');
});

function relink(folder: string): void {
  rmSync(path.join(host.app, '.asg-canary/switch'));
  rmSync(path.join(host.app, 'current'));
  mkdirSync(path.join(host.app, folder));
  symlinkSync(folder, path.join(host.app, 'current'));
}
