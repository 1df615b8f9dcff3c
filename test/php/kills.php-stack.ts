import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Killer } from '../host/killer';
import { type BuiltRelease, execute, pointer, type Result, upload } from '../host/test-host';
import { TinyAws } from '../host/tiny-aws';
import { light, releasesOf } from './applications';
import { PhpInstance } from './php-instance';

const [v1, v2] = [light('v1'), light('v2')];
let aws: TinyAws;
let instance: PhpInstance;
let scratch: string;
let killer: Killer;
let epoch = 1;
beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'asg-canary-php-kill-'));
  killer = new Killer(scratch);
  aws = await TinyAws.start();
  upload(aws, v1, v2);
  instance = await PhpInstance.start(aws, '127.43.0.1');
  await instance.serve(v1, epoch);
  expect(await instance.host.stage(v2, epoch)).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  await instance.stop();
  await aws.stop();
  rmSync(scratch, { recursive: true });
});

/** The release of which every part of the page is. */
async function served(): Promise<string> {
  const page = await instance.page();
  const releases = releasesOf(page);
  expect({ page, releases: releases.length }).toMatchObject({ releases: 1, page: expect.stringContaining('of this instance') });
  return releases[0];
}

type Run = (environment?: Record<string, string>) => Promise<Result>;
const options = (release: BuiltRelease) => ['--release', release.id, '--sha256', release.sha256, '--epoch', String(epoch)];
const stage =
  (release: BuiltRelease): Run =>
  (environment) =>
    instance.host.run(['stage', ...options(release)], environment);
const activate: Run = (environment) => instance.host.run(['activate', ...options(v2)], environment);
const revert: Run = (environment) => instance.host.run(['revert', '--release', v2.id, '--epoch', String(epoch)], environment);

/** A deployment of its own, so that v2 may be activated again. */
function begin(): void {
  aws.put('artifacts/fleets/shop/stable', pointer(++epoch, 'promoting', v1, v2));
}

/** Runs a command to its end for its points, then for each point: prepared anew, killed there, and run again. */
async function killEverywhere(command: (round: number) => Promise<Run>, finish: () => Promise<void>): Promise<void> {
  const points = await killer.points(instance.host.app, async (environment) => {
    expect(await (await command(0))(environment)).toMatchObject({ exitCode: 0 });
    await finish();
  });
  expect(points.length).toBeGreaterThan(10);
  for (const [index, point] of points.entries()) {
    const run = await command(index + 1);
    expect({ point, killed: (await run(killer.at(point))).exitCode }).toEqual({ point, killed: undefined });
    expect(['v1', 'v2']).toContain(await served());
    expect({ point, ...(await run()) }).toMatchObject({ point, exitCode: 0 });
    await finish();
  }
  console.log(`killed at ${points.length} points`);
}

test('stage, killed anywhere, leaves the shop as it was, and the next run stages the release whole', async () => {
  let staged: BuiltRelease;
  await killEverywhere(
    async (round) => {
      staged = light(`k${round}`);
      upload(aws, staged);
      return stage(staged);
    },
    async () => {
      expect(await served()).toBe('v1');
      expect(instance.host.file(`releases/${staged.id}/app/etc/env.php`)).toContain('of this instance');
      expect(existsSync(path.join(instance.host.app, '.asg-canary/unready', staged.id))).toBe(false);
    },
  );
}, 300_000);

test('activate, killed anywhere, leaves one release whole in service, and the next run switches', async () => {
  await killEverywhere(
    async () => {
      begin();
      return activate;
    },
    async () => {
      expect(await served()).toBe('v2');
      expect(await revert()).toMatchObject({ exitCode: 0 });
    },
  );
}, 300_000);

test('revert, killed anywhere, leaves one release whole in service, and the next run has gone back', async () => {
  await killEverywhere(
    async () => {
      begin();
      expect(await activate()).toMatchObject({ exitCode: 0 });
      return revert;
    },
    async () => {
      expect(await served()).toBe('v1');
      expect(instance.host.list('.asg-canary')).not.toContain('going-back');
    },
  );
}, 300_000);

test('the hook, killed while it links static files, leaves whole links, and the next run links them', async () => {
  const hook = path.join(instance.host.root, 'opt/asg-canary/asg-canary-php');
  const links = path.join(instance.host.app, 'static');
  const prepared = async (id: string, version: string) => {
    const release = light(id, { 'pub/static/deployed_version.txt': version });
    upload(aws, release);
    instance.configure({});
    expect(await stage(release)()).toMatchObject({ exitCode: 0 });
    instance.configure({ STATIC_DIR: 'pub/static' });
    return (environment: Record<string, string> = {}) =>
      execute(hook, ['staged', id, path.join(instance.host.app, 'releases', id)], { ...instance.host.environment(), ...environment });
  };
  mkdirSync(links);
  const undisturbed = await prepared('s0', '100');
  const points = await killer.points(links, async (environment) => {
    expect(await undisturbed(environment)).toMatchObject({ exitCode: 0 });
  });
  expect(points.length).toBeGreaterThan(3);
  for (const [index, point] of points.entries()) {
    const version = String(101 + index);
    const link = path.join(links, `version${version}`);
    const target = `../releases/s${version}/pub/static`;
    const run = await prepared(`s${version}`, version);
    expect({ point, killed: (await run(killer.at(point))).exitCode }).toEqual({ point, killed: undefined });
    if (existsSync(link)) expect(readlinkSync(link)).toBe(target);
    expect({ point, ...(await run()) }).toMatchObject({ point, exitCode: 0 });
    expect(readlinkSync(link)).toBe(target);
    expect(readdirSync(links).filter((name) => !/^version\d+$/.test(name))).toEqual([]);
  }
  console.log(`killed at ${points.length} points`);
}, 300_000);
