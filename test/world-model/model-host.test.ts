import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type HostIo, ModelHost } from '../../lab/world/model/model-host';
import { unpack } from '../../lab/world/model/release-tree';
import { archive } from '../host/archive';
import { EVIL_ARCHIVES } from '../host/evil-archives';
import { build, manifest, pointer } from '../host/test-host';

const CONFIG = [
  'FLEET=shop',
  'GROUP=stable',
  'GROUP_NAME=shop-stable',
  'LAUNCH_HOOK=shop-launch',
  'REGION=eu-west-1',
  'BUCKET=artifacts',
  'APP_DIR=/srv/app',
  'PROBE_URL=http://10.0.0.1:8080/health',
  'PLACEHOLDER_BUCKET=assets',
  'PLACEHOLDER_KEY=placeholder.tar.gz',
  `PLACEHOLDER_SHA256=${'0'.repeat(64)}`,
  'KEEP_RELEASES=5',
  '',
].join('\n');
const v1 = build('v1', { 'behaviour.json': '{"errors":0}' });
const v2 = build('v2', { 'behaviour.json': '{"errors":8}' });
const args = (command: string, release: typeof v1, epoch: number) => [
  command,
  '--release',
  release.id,
  '--sha256',
  release.sha256,
  '--epoch',
  String(epoch),
];

/** S3 with these releases and a pointer to them; everything else works. */
function io(changes: Partial<HostIo> = {}): HostIo {
  const objects = new Map<string, Uint8Array>([['fleets/shop/stable', Buffer.from(pointer(1, 'promoting', v1, v2))]]);
  for (const release of [v1, v2]) {
    objects.set(`releases/${release.id}/release.tar.gz`, release.archive);
    objects.set(`releases/${release.id}/manifest`, Buffer.from(manifest(release)));
  }
  return {
    getObject: async (_bucket, key) => objects.get(key),
    probe: async () => 200,
    completeLifecycleAction: async () => {},
    ...changes,
  };
}

test.each(EVIL_ARCHIVES)('an archive with %s is refused as by the program', (_what, members, text) => {
  expect(unpack(archive([{ name: 'index.html', content: 'x' }, ...members])).fault).toBe(text);
});

test('a link to itself ends', () => {
  const { fault, tree } = unpack(archive([{ name: 'a', type: '2', link: 'a/a' }]));
  expect([fault, tree.file('a')]).toEqual([undefined, undefined]);
});

test.each(['ustar', 'gnu', 'pax'])('files of an archive made by tar --format=%s can be read', (format) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-tar-'));
  const deep = `${'folder-with-a-long-name/'.repeat(6)}${'x'.repeat(60)}.json`;
  mkdirSync(path.join(folder, path.dirname(deep)), { recursive: true });
  writeFileSync(path.join(folder, deep), 'deep');
  writeFileSync(path.join(folder, 'grüße.txt'), 'hello');
  const bytes = execFileSync('tar', ['-C', folder, `--format=${format}`, '-czf', '-', '.']);
  rmSync(folder, { recursive: true });
  const { fault, tree } = unpack(bytes);
  expect([fault, tree.file(deep), tree.file('./grüße.txt'), tree.file('absent')]).toEqual([undefined, 'deep', 'hello', undefined]);
});

test('the application reads the files of the active release', async () => {
  const host = new ModelHost(CONFIG, 'f'.repeat(64));
  expect([host.release, host.file('behaviour.json')]).toEqual([undefined, undefined]);
  expect(await host.run(args('activate', v1, 1), io())).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect([host.release, host.file('behaviour.json')]).toEqual(['v1', '{"errors":0}']);
});

test('commands wait for each other through the clock that they are given', async () => {
  const host = new ModelHost(CONFIG, 'f'.repeat(64));
  const seen: string[] = [];
  let finishDownload = () => {};
  const download = new Promise<void>((resolve) => {
    finishDownload = resolve;
  });
  const normal = io();
  const slow = io({
    getObject: async (bucket, key) => {
      await download;
      seen.push(key);
      return normal.getObject(bucket, key);
    },
  });
  const waitFor = <T>(event: Promise<T>): Promise<T> => {
    seen.push('waits');
    return event;
  };
  const first = host.run(args('stage', v1, 1), slow);
  const second = host.run(args('activate', v2, 1), io({ waitFor }));
  expect(JSON.parse((await host.run(['status'], normal)).stdout)).toMatchObject({ release: '', staged: [] });
  finishDownload();
  expect([await first, await second].map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(seen).toEqual(['waits', 'releases/v1/manifest', 'releases/v1/release.tar.gz']);
  expect(host.release).toBe('v2');
});

test('an error of S3 or of Auto Scaling ends with 69 and its message', async () => {
  const host = new ModelHost(CONFIG, 'f'.repeat(64));
  const failing = async () => {
    throw new Error('403 AccessDenied');
  };
  expect(await host.run(['sync'], io({ getObject: failing }))).toMatchObject({
    exitCode: 69,
    stderr: 'asg-canary-host: S3 answered 403 AccessDenied to GET s3://artifacts/fleets/shop/stable\n',
  });
  expect(await host.run(['sync', '--boot'], io({ completeLifecycleAction: failing }))).toMatchObject({
    exitCode: 69,
    stderr: 'asg-canary-host: Auto Scaling answered 403 AccessDenied to CompleteLifecycleAction CONTINUE\n',
  });
});

test('a booting host starts over when the pointer turned to another release meanwhile', async () => {
  const host = new ModelHost(CONFIG, 'f'.repeat(64));
  const normal = io();
  let text = pointer(2, 'promoted', v1, v2);
  const completions: string[] = [];
  const turning = io({
    getObject: async (bucket, key) => (key.startsWith('fleets/') ? Buffer.from(text) : normal.getObject(bucket, key)),
    probe: async () => {
      text = pointer(2, 'idle', v1);
      return 204;
    },
    completeLifecycleAction: async (result) => void completions.push(result),
  });
  expect(await host.run(['sync', '--boot'], turning)).toMatchObject({ exitCode: 0 });
  expect(JSON.parse((await host.run(['status'], normal)).stdout)).toMatchObject({ release: 'v1', previous: 'v2' });
  expect(completions).toEqual(['CONTINUE']);
});

test.each([
  ['maintenance', true],
  ['migrated', true],
  ['promoted', false],
  ['idle', false],
])('a host that booted behind the maintenance page shows it in phase %s: %s', async (phase, isUp) => {
  const host = new ModelHost(CONFIG, 'f'.repeat(64));
  const normal = io();
  let text = pointer(2, 'maintenance', v1, v2);
  const turning = io({
    getObject: async (bucket, key) => (key.startsWith('fleets/') ? Buffer.from(text) : normal.getObject(bucket, key)),
  });
  await host.run(['sync', '--boot'], turning);
  expect(host.maintenance).toBe(true);
  text = pointer(2, phase, v1, v2);
  expect(await host.run(['sync'], turning)).toMatchObject({ exitCode: 0 });
  expect(host.maintenance).toBe(isUp);
});
