import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { archive, type Member } from './archive';
import { EVIL_ARCHIVES } from './evil-archives';
import { type BuiltRelease, build, built, manifest, message, pointer, type Result, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const POINTER = 'artifacts/fleets/shop/stable';
const v1 = build('v1');
const v2 = build('v2');
const zeros = '0'.repeat(64);

let aws: TinyAws;
let serving: TestHost;
let host: TestHost;
beforeAll(async () => {
  aws = await TinyAws.start();
  serving = new TestHost(aws);
  upload(aws, v1);
  aws.put(POINTER, pointer(1, 'promoting', undefined, v1));
  expect(await serving.activate(v1, 1)).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  serving.remove();
  await aws.stop();
});
beforeEach(() => {
  aws.reset();
  upload(aws, v1, v2);
  aws.put(POINTER, pointer(1, 'promoting', undefined, v1));
  host = serving.copy();
});
afterEach(() => {
  expect(host.current()).toBe('v1');
  expect(host.file('current/index.html')).toBe('v1');
  expect(host.list('releases').filter((name) => name !== 'v1' && !name.startsWith('.'))).toEqual([]);
  host.remove();
});

function outcome(result: Result): [number | undefined, string] {
  return [result.exitCode, message(result)];
}

describe('archives', () => {
  async function stage(release: BuiltRelease): Promise<[number | undefined, string]> {
    upload(aws, release);
    return outcome(await host.stage(release, 2));
  }
  const key = 'releases/evil/release.tar.gz';

  test.each(EVIL_ARCHIVES)('with %s are refused', async (_what, members, text) => {
    expect(await stage(built('evil', archive([{ name: 'index.html', content: 'x' }, ...members])))).toEqual([65, `${key} ${text}`]);
    expect(await host.status()).toMatchObject({ bad: ['evil'], staged: ['v1'] });
  });

  test.each([
    ['truncated', build('evil').archive.subarray(0, 80)],
    ['no gzip', Buffer.from('no archive at all')],
    ['empty', Buffer.alloc(0)],
    ['of three bytes', Buffer.from('abc')],
    ['no tar', gzipSync(Buffer.alloc(2048, 'x'))],
  ])('that are not whole (%s) are refused', async (_what, bytes) => {
    expect(await stage(built('evil', bytes))).toEqual([65, `${key} is not a whole tar archive compressed by gzip`]);
  });

  test('that write through a link of theirs are refused, and nothing is written where it leads', async () => {
    const members: Member[] = [
      { name: 'out', type: '2', link: '../../..' },
      { name: 'out/evil', content: 'x' },
    ];
    expect(await stage(built('evil', archive(members)))).toEqual([65, expect.stringMatching(`^${key} cannot be unpacked: tar: out/evil`)]);
    expect(existsSync(path.join(host.root, 'srv/evil'))).toBe(false);
    expect(host.list('releases')).toEqual(['v1']);
  });

  test('leave nothing behind where they are refused, and a member cannot pass for a full disk by its name', async () => {
    const members: Member[] = [
      { name: 'disk', type: '3' },
      { name: 'File too large/../x', content: 'x' },
    ];
    expect(await stage(built('evil', archive(members)))).toEqual([65, `${key} holds a device or another special file: "disk"`]);
    expect(host.list('releases')).toEqual(['v1']);
    expect(await stage(built('evil', archive(members.slice(1))))).toEqual([65, `${key} holds a path with '..': "File too large/../x"`]);
    expect(host.list('releases')).toEqual(['v1']);
  });

  test('other than the sha256 says are refused', async () => {
    upload(aws, v2);
    aws.put('artifacts/releases/v2/release.tar.gz', v1.archive);
    expect(outcome(await host.stage(v2, 2))).toEqual([
      65,
      `sha256 mismatch of releases/v2/release.tar.gz: expected ${v2.sha256}, got ${v1.sha256}`,
    ]);
    expect(await host.status()).toMatchObject({ bad: ['v2'] });
  });

  test('that are missing, or whose manifest is, are unavailable', async () => {
    aws.objects.delete('artifacts/releases/v2/release.tar.gz');
    expect(outcome(await host.stage(v2, 2))).toEqual([69, 'there is no s3://artifacts/releases/v2/release.tar.gz']);
    aws.objects.delete('artifacts/releases/v2/manifest');
    expect(outcome(await host.stage(v2, 2))).toEqual([69, 'there is no s3://artifacts/releases/v2/manifest']);
    expect(await host.status()).toMatchObject({ bad: [] });
  });

  test('of a release that is here under another sha256 are refused', async () => {
    expect(outcome(await host.stage({ id: 'v1', sha256: zeros }, 2))).toEqual([
      65,
      `v1 is on this host with sha256 ${v1.sha256}, asked for ${zeros}`,
    ]);
  });
});

describe('manifests', () => {
  const lines = manifest(v2).trimEnd().split('\n');
  const malformed = 'malformed manifest releases/v2/manifest: ';
  test.each([
    [1, 'asg-canary-manifest 2', `${malformed}line 1 must match 'asg-canary-manifest 1', got 'asg-canary-manifest 2'`],
    [2, 'id=../v2', `${malformed}line 2 must match 'id=[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]', got 'id=../v2'`],
    [2, 'id=v1', 'the manifest of v2 is that of v1'],
    [3, 'sha256=x', `${malformed}line 3 must match 'sha256=[0-9a-f]{64}', got 'sha256=x'`],
    [3, `sha256=${zeros}`, `the manifest of v2 has sha256 ${zeros}, asked for ${v2.sha256}`],
    [4, 'size=-1', `${malformed}line 4 must match 'size=[0-9]{1,15}', got 'size=-1'`],
    [5, 'ref=\x07', `${malformed}line 5 must match 'ref=[ -~]{0,255}', got 'ref=?'`],
    [6, 'commit=HEAD', `${malformed}line 6 must match 'commit=([0-9a-f]{40})?', got 'commit=HEAD'`],
    [6, 'commit=\nmore=1', `${malformed}it must have 6 lines, got 7`],
  ])('whose line %i is %j are refused', async (n, line, text) => {
    aws.put('artifacts/releases/v2/manifest', `${lines.map((old, index) => (index === n - 1 ? line : old)).join('\n')}\n`);
    expect(outcome(await host.stage(v2, 2))).toEqual([65, text]);
  });
});

describe('pointers', () => {
  const lines = pointer(2, 'promoting', v1, v2).trimEnd().split('\n');
  const malformed = 'malformed pointer fleets/shop/stable: ';
  const pair = `${malformed}a release and its sha256 must both be given or both be empty`;
  test.each([
    [1, 'asg-canary-pointer', `${malformed}line 1 must match 'asg-canary-pointer 1', got 'asg-canary-pointer'`],
    [2, 'epoch=1234567890123456', `${malformed}line 2 must match 'epoch=[0-9]{1,15}', got 'epoch=1234567890123456'`],
    [
      3,
      'phase=idle ',
      `${malformed}line 3 must match 'phase=(idle|checking|maintenance|deploying|promoting|promoted|migrated)', got 'phase=idle '`,
    ],
    [4, 'committed=$(id)', `${malformed}line 4 must match 'committed=([a-z0-9][a-z0-9._-]{0,62}[a-z0-9])?', got 'committed=$(id)'`],
    [4, 'committed=', pair],
    [5, 'committed_sha256=', pair],
    [5, 'committed_sha256=X', `${malformed}line 5 must match 'committed_sha256=([0-9a-f]{64})?', got 'committed_sha256=X'`],
    [6, 'candidate=v2\r', `${malformed}line 6 must match 'candidate=([a-z0-9][a-z0-9._-]{0,62}[a-z0-9])?', got 'candidate=v2?'`],
    [7, 'candidate_sha256=', pair],
  ])('whose line %i is %j change nothing', async (n, line, text) => {
    aws.put(POINTER, `${lines.map((old, index) => (index === n - 1 ? line : old)).join('\n')}\n`);
    expect(outcome(await host.run(['sync']))).toEqual([65, text]);
    expect(outcome(await host.activate(v2, 2))).toEqual([65, text]);
  });

  test.each([
    ['empty', '', 'it must have 7 lines, got 0'],
    ['without a last line feed', lines.join('\n'), 'it must be text whose lines end with a line feed'],
    ['with a zero byte', `${lines.join('\n')}\0\n`, 'it must be text whose lines end with a line feed'],
  ])('%s change nothing', async (_what, body, text) => {
    aws.put(POINTER, body);
    expect(outcome(await host.run(['sync']))).toEqual([65, malformed + text]);
  });
});

describe('host.conf', () => {
  test.each([
    ['FLEET=Shop', "malformed host.conf: 'FLEET' must match '[a-z][a-z0-9-]{0,23}', got 'Shop'"],
    ['GROUP=blue', "malformed host.conf: 'GROUP' must match 'stable|canary', got 'blue'"],
    ['APP_DIR=/srv/../etc', "malformed host.conf: 'APP_DIR' must match '(/[A-Za-z0-9_][A-Za-z0-9._-]*)+', got '/srv/../etc'"],
    ['KEEP_RELEASES=0', "malformed host.conf: 'KEEP_RELEASES' must match '[1-9][0-9]?', got '0'"],
    ['BUCKET=$(reboot)', "malformed host.conf: 'BUCKET' must match '[a-z0-9][a-z0-9.-]*', got '$(reboot)'"],
  ])('with %s is refused', async (line, text) => {
    const key = line.split('=')[0];
    host.writeConfig(host.configText().replace(new RegExp(`^${key}=.*$`, 'm'), () => line));
    expect(outcome(await host.run(['status']))).toEqual([65, text]);
  });

  test.each([
    ['an unknown key', (text: string) => `${text}COLOUR=blue\n`, "line 14 must be KEY=VALUE with a known key, got 'COLOUR=blue'"],
    ['a comment', (text: string) => `# hello\n${text}`, "line 1 must be KEY=VALUE with a known key, got '# hello'"],
    ['a key twice', (text: string) => `${text}FLEET=shop\n`, "line 14 repeats 'FLEET'"],
    ['a key missing', (text: string) => text.replace(/^BUCKET=.*\n/m, ''), "'BUCKET' is missing"],
    ['no last line feed', (text: string) => text.trimEnd(), 'it must be text whose lines end with a line feed'],
  ])('with %s is refused', async (_what, change, text) => {
    host.writeConfig(change(host.configText()));
    expect(outcome(await host.run(['sync']))).toEqual([65, `malformed host.conf: ${text}`]);
  });
});

describe('epochs', () => {
  test('older than one that the host has seen are fenced', async () => {
    await host.stage({ id: 'v1', sha256: v1.sha256 }, 7);
    aws.put(POINTER, pointer(6, 'promoting', v1, v2));
    expect(outcome(await host.stage(v2, 6))).toEqual([77, 'epoch 6 is older than 7, which this host has seen']);
    expect(outcome(await host.activate(v2, 6))).toEqual([77, 'epoch 6 is older than 7, which this host has seen']);
    expect(outcome(await host.run(['sync']))).toEqual([77, "the pointer's epoch 6 is older than 7, which this host has seen"]);
  });

  test('other than the pointer’s are fenced, and so is a release that it does not name', async () => {
    aws.put(POINTER, pointer(3, 'promoting', v1));
    expect(outcome(await host.activate(v2, 2))).toEqual([77, "the pointer's epoch is 3, asked for 2"]);
    expect(outcome(await host.activate(v2, 4))).toEqual([77, "the pointer's epoch is 3, asked for 4"]);
    expect(outcome(await host.activate(v2, 3))).toEqual([77, 'v2 is neither candidate nor committed in epoch 3']);
    expect((await host.status()).epoch).toBe(1);
  });

  test('cannot be checked without a pointer, so nothing is activated', async () => {
    aws.objects.delete(POINTER);
    expect(outcome(await host.activate(v2, 2))).toEqual([69, 'there is no pointer of the stable group']);
  });

  test('with another sha256 than the pointer’s are refused', async () => {
    aws.put(POINTER, pointer(2, 'promoting', v1, { id: 'v2', sha256: zeros }));
    expect(outcome(await host.activate(v2, 2))).toEqual([65, `the pointer has sha256 ${zeros} for v2, asked for ${v2.sha256}`]);
  });
});

describe('disk', () => {
  test('is checked before the download', async () => {
    aws.put('artifacts/releases/v2/manifest', manifest(v2).replace(/size=\d+/, 'size=999999999999999'));
    const [exitCode, text] = outcome(await host.stage(v2, 2));
    expect(text).toMatch(/^not enough disk space: 1000000067108863 bytes are needed, \d+ are free$/);
    expect(exitCode).toBe(73);
    expect(aws.requests).not.toContain('GET /artifacts/releases/v2/release.tar.gz');
  });

  test.each([
    [
      'the download',
      build('big', { noise: Array.from({ length: 60_000 }, (_, n) => (n * n * 7919) % 9973).join() }),
      'cannot write /srv/app/.asg-canary/archive.part',
    ],
    ['unpacking', build('big', { zeros: '0'.repeat(1_000_000) }), 'no space to unpack big'],
  ])('that fills up in %s leaves everything as it was', async (_what, release, text) => {
    upload(aws, release);
    const args = ['stage', '--release', release.id, '--sha256', release.sha256, '--epoch', '2'];
    expect(outcome(await host.runIn('ulimit -f 64; "$@"', args))).toEqual([73, text]);
    expect(await host.status()).toMatchObject({ bad: [], staged: ['v1'] });
    const roomy = host.copy();
    expect(await roomy.stage(release, 2)).toMatchObject({ exitCode: 0 });
    roomy.remove();
  });
});

describe('a disk on which nothing can be written', () => {
  const order = ['--release', 'v2', '--sha256', v2.sha256, '--epoch', '2'];
  test.each([
    ['stage', ['stage', ...order], 'v1'],
    ['activate', ['activate', ...order], 'v2'],
    ['sync', ['sync'], 'v2'],
  ])('is named by %s, leaves everything as it was, and the next run completes', async (_name, args, active) => {
    aws.put(POINTER, pointer(2, 'promoted', v1, v2));
    const before = await host.status();
    const [exitCode, text] = outcome(await host.runIn('trap "" XFSZ; ulimit -f 0; "$@"', args));
    expect([exitCode, text]).toEqual([73, expect.stringMatching(/^(cannot write|no space) /)]);
    expect(await host.status()).toEqual(before);
    const roomy = host.copy();
    writeFileSync(path.join(roomy.app, 'releases/v1/health.txt'), '200');
    aws.healthOf.set(`/health/${path.basename(roomy.root)}`, () => 200);
    expect(await roomy.run(args)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await roomy.status()).toMatchObject({ release: active, staged: ['v1', 'v2'], bad: [] });
    roomy.remove();
  });
});

describe('a disk of its own that is full (runs where a file system can be mounted)', () => {
  const MOUNTABLE = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
  /** Fills the disk when the tree of v2 is unpacked, as another program may. */
  const FILLER = '#!/bin/bash\n[ "$1 $2" != "unpacked v2" ] || dd if=/dev/zero of="${3%/releases/*}/filler" bs=1M 2>/dev/null || true\n';
  let small: TestHost;
  beforeEach(async () => {
    if (!MOUNTABLE) return;
    small = new TestHost(aws, { HOOK: '/opt/hook' });
    small.install('/opt/hook', '#!/bin/bash\n');
    mkdirSync(small.app, { recursive: true });
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'tmpfs', small.app]).status).toBe(0);
    expect(await small.activate(v1, 1)).toMatchObject({ exitCode: 0 });
  });
  afterEach(() => {
    if (!MOUNTABLE) return;
    spawnSync('umount', [small.app]);
    small.remove();
  });

  (MOUNTABLE ? test : test.skip)('is refused before a download, and the next run completes', async () => {
    const filler = path.join(small.app, 'filler');
    writeFileSync(filler, Buffer.alloc(50 << 20));
    const [exitCode, text] = outcome(await small.stage(v2, 2));
    expect([exitCode, text]).toEqual([73, expect.stringMatching(/^not enough disk space: \d+ bytes are needed, \d+ are free$/)]);
    expect(await small.status()).toMatchObject({ release: 'v1', staged: ['v1'], bad: [] });
    rmSync(filler);
    expect(await small.stage(v2, 2)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  (MOUNTABLE ? test : test.skip)('is refused before unpacking, by the length that the archive ends with', async () => {
    const big = build('big', { zeros: '0'.repeat(30 << 20) });
    upload(aws, big);
    expect(big.archive.length).toBeLessThan(1 << 20);
    const [exitCode, text] = outcome(await small.stage(big, 2));
    expect([exitCode, text]).toEqual([73, expect.stringMatching(/^not enough disk space: \d+ bytes are needed, \d+ are free$/)]);
    expect(await small.status()).toMatchObject({ release: 'v1', staged: ['v1'], bad: [] });
    expect(small.list('releases')).toEqual(['v1']);
  });

  (MOUNTABLE ? test : test.skip)('when it fills up in unpacking, is free again at once, and the release is not to blame', async () => {
    const big = build('big', { zeros: '0'.repeat(110 << 20) });
    const understated = built('big', Buffer.concat([big.archive, gzipSync(Buffer.alloc(0))]));
    upload(aws, understated);
    expect(outcome(await small.stage(understated, 2))).toEqual([73, 'no space to unpack big']);
    const { bavail, bsize } = statfsSync(small.app);
    expect(bavail * bsize).toBeGreaterThan(90 << 20);
    expect(await small.status()).toMatchObject({ release: 'v1', staged: ['v1'], bad: [] });
  });

  (MOUNTABLE ? test : test.skip)('when it fills up after unpacking, leaves nothing half done, and the next run completes', async () => {
    small.install('/opt/hook', FILLER);
    const [exitCode, text] = outcome(await small.stage(v2, 2));
    expect([exitCode, text]).toEqual([73, expect.stringMatching(/^cannot write \/srv\/app\//)]);
    expect(await small.status()).toMatchObject({ release: 'v1', staged: ['v1'], bad: [] });
    expect(small.file('current/index.html')).toBe('v1');
    rmSync(path.join(small.app, 'filler'));
    small.install('/opt/hook', '#!/bin/bash\n');
    aws.put(POINTER, pointer(2, 'promoting', v1, v2));
    expect(await small.activate(v2, 2)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(small.list('releases')).toEqual(['v1', 'v2']);
  });
});

describe('what lasts on the host', () => {
  test.each(['epoch', 'switch', 'reverted'])('a damaged %s file is refused', async (name) => {
    const file = path.join(host.app, '.asg-canary', name);
    writeFileSync(file, 'x');
    truncateSync(file, 1);
    expect(outcome(await host.stage(v2, 2))).toEqual([65, `malformed ${name} file: it must be text whose lines end with a line feed`]);
  });
});

describe('usage', () => {
  test.each([
    [[], 'a command is needed'],
    [['deploy'], "there is no command 'deploy'"],
    [['stage', '--release', 'v2'], "'stage' needs '--sha256'"],
    [['stage', '--release', '.v2'], "'--release' must match '[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]', got '.v2'"],
    [['stage', '--epoch', '1e3'], "'--epoch' must match '[0-9]{1,15}', got '1e3'"],
    [['stage', '--sha256', 'ABC'], "'--sha256' must match '[0-9a-f]{64}', got 'ABC'"],
    [['stage', '--epoch'], "'--epoch' must match '[0-9]{1,15}', got ''"],
    [['stage', '--epoch', '1', '--epoch', '2'], "'--epoch' is given twice"],
    [['revert', '--sha256', zeros], "'revert' has no option '--sha256'"],
    [['status', '--boot'], "'status' has no option '--boot'"],
    [['sync', '--release --epoch'], "'sync' has no option '--release --epoch'"],
    [['prune', '--keep', '100'], "'--keep' must match '[1-9][0-9]?', got '100'"],
  ])('%j is refused', async (args, text) => {
    expect(outcome(await host.run(args))).toEqual([64, text]);
  });
});
