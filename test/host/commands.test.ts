import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { archive } from './archive';
import { sha256 } from './signature';
import { build, built, message, PLACEHOLDER, PROGRAM, pointer, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const POINTER = 'artifacts/fleets/shop/stable';
const files = (health: number) => ({ 'index.html': 'page', 'health.txt': String(health) });
const v1 = build('v1', files(200));
const v2 = build('v2', { ...files(200), extra: '2' });
const v3 = build('v3', { ...files(200), extra: '3' });
const sick = build('sick', files(503));

let aws: TinyAws;
let host: TestHost;
beforeAll(async () => {
  aws = await TinyAws.start();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.reset();
  upload(aws, v1, v2, v3, sick);
  aws.put('assets/placeholder.tar.gz', PLACEHOLDER.archive);
  host = new TestHost(aws);
  aws.health = () => (host.list('current/').includes('health.txt') ? Number(host.file('current/health.txt')) : 200);
});
afterEach(() => host.remove());

async function serving(...releases: (typeof v1)[]): Promise<void> {
  for (const [index, release] of releases.entries()) {
    aws.put(POINTER, pointer(index + 1, 'promoting', undefined, release));
    expect(await host.activate(release, index + 1)).toMatchObject({ exitCode: 0 });
  }
}

describe('status', () => {
  test('is one line of JSON, also of a new host', async () => {
    const { stdout, exitCode } = await host.run(['status']);
    const program = sha256(readFileSync(PROGRAM));
    expect({ stdout, exitCode }).toEqual({
      stdout: `{"release":"","previous":"","epoch":0,"staged":[],"bad":[],"host":"${program}"}\n`,
      exitCode: 0,
    });
  });

  test('tells what is active, what was before, and what is here', async () => {
    await serving(v1, v2);
    expect(await host.status()).toMatchObject({ release: 'v2', previous: 'v1', epoch: 2, staged: ['v1', 'v2'], bad: [] });
  });
});

describe('stage', () => {
  test('brings a verified release in and changes nothing that is served', async () => {
    await serving(v1);
    expect(await host.stage(v2, 5)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(host.current()).toBe('v1');
    expect(host.file('releases/v2/extra')).toBe('2');
    expect(await host.status()).toMatchObject({ epoch: 5, staged: ['v1', 'v2'] });
  });

  test('downloads nothing when the release is here', async () => {
    await host.stage(v2, 1);
    aws.requests.length = 0;
    expect(await host.stage(v2, 2)).toMatchObject({ exitCode: 0 });
    expect(aws.requests).toEqual([]);
  });

  test('leaves nothing that others may write and no set-user-id bit, and keeps what is executable', async () => {
    const odd = built(
      'odd',
      archive([
        { name: 'bin/run', content: '#!/bin/sh\n', mode: 0o6777 },
        { name: 'notes', content: 'n', mode: 0o222 },
      ]),
    );
    upload(aws, odd);
    expect(await host.stage(odd, 1)).toMatchObject({ exitCode: 0 });
    expect(statSync(path.join(host.app, 'releases/odd/bin/run')).mode & 0o7777).toBe(0o755);
    expect(statSync(path.join(host.app, 'releases/odd/notes')).mode & 0o7777).toBe(0o600);
  });

  test('accepts an archive that tar only remarks on, as on a clock that is behind', async () => {
    const early = built('early', archive([{ name: 'a', content: 'a', changed: 7_000_000_000 }]));
    upload(aws, early);
    expect(await host.stage(early, 1)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(host.file('releases/early/a')).toBe('a');
  });

  test('accepts links that stay in the release', async () => {
    const linked = built(
      'linked',
      archive([
        { name: 'lib/code', content: 'code' },
        { name: 'bin/run', type: '2', link: '../lib/code' },
        { name: 'copy', type: '1', link: 'lib/code' },
      ]),
    );
    upload(aws, linked);
    expect(await host.stage(linked, 1)).toMatchObject({ exitCode: 0, stderr: '' });
    expect([host.file('releases/linked/bin/run'), host.file('releases/linked/copy')]).toEqual(['code', 'code']);
  });
});

describe('activate', () => {
  test('takes the candidate and the committed release of the pointer', async () => {
    await serving(v1);
    aws.put(POINTER, pointer(2, 'promoting', v1, v2));
    expect(await host.activate(v2, 2)).toMatchObject({ exitCode: 0 });
    expect(host.current()).toBe('v2');
    expect(await host.activate(v1, 2)).toMatchObject({ exitCode: 0 });
    expect(host.current()).toBe('v1');
  });

  test('goes back when the probe fails, and records the release as bad', async () => {
    await serving(v1, v2);
    aws.put(POINTER, pointer(3, 'promoting', v2, sick));
    const result = await host.activate(sick, 3);
    expect(message(result)).toBe(`probe of sick failed: ${aws.url}/health answered 503; went back to v2`);
    expect(result.exitCode).toBe(70);
    expect(await host.status()).toMatchObject({ release: 'v2', previous: 'v1', bad: ['sick'] });
  });

  test.each([
    [204, 0],
    [299, 0],
    [199, 70],
    [301, 70],
  ])('takes what the load balancer takes: %i ends with %i', async (status, exitCode) => {
    aws.health = () => status;
    aws.put(POINTER, pointer(1, 'promoting', undefined, v1));
    expect(await host.activate(v1, 1)).toMatchObject({ exitCode });
  });

  test('waits for an application that comes up within its attempts', async () => {
    host.writeConfig(host.configText().replace('PROBE_ATTEMPTS=1', 'PROBE_ATTEMPTS=2'));
    let asked = 0;
    aws.health = () => (asked++ === 0 ? 503 : 200);
    await serving(v1);
    expect(asked).toBe(2);
  });

  test('a release that passes its probe is no longer bad', async () => {
    await serving(v1);
    aws.put(POINTER, pointer(2, 'promoting', v1, v2));
    aws.health = () => 500;
    expect(await host.activate(v2, 2)).toMatchObject({ exitCode: 70 });
    aws.health = () => 200;
    expect(await host.activate(v2, 2)).toMatchObject({ exitCode: 0 });
    expect(await host.status()).toMatchObject({ release: 'v2', bad: [] });
  });
});

describe('while a release is checked', () => {
  test.each(['stable', 'canary'])('no %s host activates it, but the committed one', async (group) => {
    host.config.GROUP = group;
    host.writeConfig();
    aws.put(`artifacts/fleets/shop/${group}`, pointer(2, 'checking', v1, v2));
    expect(await host.stage(v2, 2)).toMatchObject({ exitCode: 0 });
    const result = await host.activate(v2, 2);
    expect([result.exitCode, message(result)]).toEqual([77, 'v2 is still being checked in epoch 2']);
    expect(host.current()).toBeUndefined();
    expect(await host.activate(v1, 2)).toMatchObject({ exitCode: 0 });
    aws.put(`artifacts/fleets/shop/${group}`, pointer(2, 'deploying', v1, v2));
    expect(await host.activate(v2, 2)).toMatchObject({ exitCode: 0 });
    expect(host.current()).toBe('v2');
  });

  test('a host that is on it goes back to the committed one, as with any pointer', async () => {
    await serving(v2);
    aws.put(POINTER, pointer(2, 'checking', v1, v2));
    expect(await host.run(['sync'])).toMatchObject({ exitCode: 0 });
    expect(host.current()).toBe('v1');
  });

  test('the committed one is activated where it is the candidate too', async () => {
    aws.put(POINTER, pointer(2, 'checking', v1, v1));
    expect(await host.activate(v1, 2)).toMatchObject({ exitCode: 0 });
  });
});

describe('when the database fits the candidate alone', () => {
  test('every host takes it, also one that boots', async () => {
    await serving(v1);
    aws.put(POINTER, pointer(2, 'migrated', v1, v2));
    expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0 });
    expect(await host.status()).toMatchObject({ release: 'v2' });
  });

  test('a probe that fails takes nothing back, then and later', async () => {
    await serving(v1);
    aws.put(POINTER, pointer(2, 'migrated', v1, sick));
    expect(await host.activate(sick, 2)).toMatchObject({ exitCode: 70 });
    expect(await host.status()).toMatchObject({ release: 'sick', bad: ['sick'] });
    aws.put(POINTER, pointer(2, 'idle', sick));
    expect(await host.run(['sync'])).toMatchObject({ exitCode: 0 });
    expect(await host.status()).toMatchObject({ release: 'sick' });
  });
});

describe('check', () => {
  const check = (release: { id: string; sha256: string }, epoch: number) =>
    host.run(['check', '--release', release.id, '--sha256', release.sha256, '--epoch', String(epoch)]);
  const outcome = async (release: { id: string; sha256: string }, epoch: number) => {
    const result = await check(release, epoch);
    return [result.exitCode, message(result)];
  };

  test.each(['idle', 'checking', 'maintenance', 'deploying', 'promoting', 'promoted', 'migrated'])(
    'while %s, says so, takes what the pointer names and changes nothing',
    async (phase) => {
      await serving(v1);
      aws.put(POINTER, pointer(2, phase, v1, v2));
      const before = await host.status();
      const answer = { exitCode: 0, stdout: `phase=${phase}\n`, stderr: '' };
      expect(await check(v2, 2)).toEqual(answer);
      expect(await check(v1, 2)).toEqual(answer);
      expect(await host.status()).toEqual(before);
    },
  );

  test('refuses what activate refuses', async () => {
    await serving(v1);
    aws.put(POINTER, pointer(2, 'checking', v1, v2));
    expect(await outcome(v3, 2)).toEqual([77, 'v3 is neither candidate nor committed in epoch 2']);
    expect(await outcome(v2, 1)).toEqual([77, "the pointer's epoch is 2, asked for 1"]);
    expect(await outcome(v2, 3)).toEqual([77, "the pointer's epoch is 2, asked for 3"]);
    expect(await outcome({ id: 'v2', sha256: v1.sha256 }, 2)).toEqual([
      65,
      `the pointer has sha256 ${v2.sha256} for v2, asked for ${v1.sha256}`,
    ]);
    await host.revert(v2, 2);
    expect(await outcome(v2, 2)).toEqual([77, 'v2 was reverted in epoch 2 on this host']);
    await host.stage(v1, 5);
    expect(await outcome(v2, 2)).toEqual([77, 'epoch 2 is older than 5, which this host has seen']);
    aws.objects.delete(POINTER);
    expect(await outcome(v2, 6)).toEqual([69, 'there is no pointer of the stable group']);
  });
});

describe('revert', () => {
  test('goes back to the recorded previous release without any request, and without S3', async () => {
    await serving(v1, v2, v3);
    aws.requests.length = 0;
    expect(await host.revert(v3, 3)).toMatchObject({ exitCode: 0 });
    expect(aws.requests).toEqual([]);
    expect(await host.status()).toMatchObject({ release: 'v2', previous: 'v1', bad: ['v3'], epoch: 3 });
  });

  test('changes nothing when another release, or another epoch, is active', async () => {
    await serving(v1, v2);
    expect(await host.revert(v1, 2)).toMatchObject({ exitCode: 0 });
    expect(await host.revert(v2, 1)).toMatchObject({ exitCode: 0 });
    expect(await host.status()).toMatchObject({ release: 'v2', bad: [] });
  });

  test('of an older epoch changes nothing once a newer epoch has confirmed the release', async () => {
    await serving(v1, v2);
    aws.put(POINTER, pointer(3, 'promoting', v2, v2));
    await host.activate(v2, 3);
    await host.revert(v2, 2);
    await host.revert(v2, 3);
    expect(host.current()).toBe('v2');
  });

  test('keeps a late activation of the same epoch out', async () => {
    await serving(v1);
    aws.put(POINTER, pointer(2, 'promoting', v1, v2));
    await host.revert(v2, 2);
    const late = await host.activate(v2, 2);
    expect([late.exitCode, message(late)]).toEqual([77, 'v2 was reverted in epoch 2 on this host']);
    aws.put(POINTER, pointer(2, 'promoted', v1, v2));
    expect(await host.run(['sync'])).toMatchObject({ exitCode: 0 });
    expect(host.current()).toBe('v1');
  });

  test('without a previous release says so', async () => {
    await serving(v1);
    const result = await host.revert(v1, 1);
    expect([result.exitCode, message(result)]).toEqual([69, 'there is no previous release to go back to from v1']);
    expect(host.current()).toBe('v1');
  });
});

describe('sync', () => {
  test.each([
    ['stable', 'idle', [], 'v1'],
    ['stable', 'checking', [], 'v1'],
    ['stable', 'checking', ['--boot'], 'v1'],
    ['stable', 'deploying', [], 'v1'],
    ['stable', 'promoting', [], 'v1'],
    ['stable', 'promoted', [], 'v2'],
    ['canary', 'idle', [], 'v1'],
    ['canary', 'checking', [], 'v1'],
    ['canary', 'checking', ['--boot'], 'v1'],
    ['canary', 'deploying', [], 'v2'],
    ['canary', 'promoting', [], 'v2'],
    ['canary', 'promoted', [], 'v2'],
    ['stable', 'promoting', ['--boot'], 'v1'],
  ])('a new %s host takes, while %s and with %j, %s', async (group, phase, options, expected) => {
    host.config.GROUP = group;
    host.writeConfig();
    aws.put(`artifacts/fleets/shop/${group}`, pointer(4, phase, v1, v2));
    expect(await host.run(['sync', ...options])).toMatchObject({ exitCode: 0 });
    expect(await host.status()).toMatchObject({ release: expected, epoch: 4 });
  });

  test.each([v1, v2])('while promoting, a running stable host stays on $id', async (release) => {
    await serving(release);
    aws.put(POINTER, pointer(4, 'promoting', v1, v2));
    await host.run(['sync']);
    expect(host.current()).toBe(release.id);
  });

  test('while promoting, a host that boots takes the committed release, and one on neither does too', async () => {
    await serving(v2);
    aws.put(POINTER, pointer(4, 'promoting', v1, v2));
    await host.run(['sync', '--boot']);
    expect(host.current()).toBe('v1');
    aws.put(POINTER, pointer(5, 'promoting', v2, v3));
    await host.run(['sync']);
    expect(host.current()).toBe('v2');
  });

  test('without a pointer, or without a release in it, takes the placeholder', async () => {
    expect(await host.run(['sync'])).toMatchObject({ exitCode: 0 });
    expect(host.current()).toBe('placeholder');
    aws.put(POINTER, pointer(1, 'idle'));
    expect(await host.run(['sync'])).toMatchObject({ exitCode: 0 });
    expect(host.file('current/index.html')).toBe('no release yet');
  });

  test('a lost pointer does not take a running host off its release', async () => {
    await serving(v1);
    aws.objects.delete(POINTER);
    const result = await host.run(['sync']);
    expect([result.exitCode, message(result)]).toEqual([69, 'there is no pointer of the stable group; staying on v1']);
    expect(host.current()).toBe('v1');
  });

  test('--boot completes the launch after the probe has passed', async () => {
    aws.put(POINTER, pointer(1, 'idle', v1));
    aws.health = () => {
      expect(aws.completions).toEqual([]);
      return 200;
    };
    expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0 });
    expect(aws.completions).toEqual([{ instance: 'i-0123456789abcdef0', group: 'shop-stable', hook: 'shop-launch', result: 'CONTINUE' }]);
  });

  test('--boot starts over when the pointer turned to another release meanwhile', async () => {
    aws.put(POINTER, pointer(2, 'promoted', v1, v2));
    aws.health = () => {
      aws.put(POINTER, pointer(2, 'idle', v1));
      return 200;
    };
    expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0 });
    expect(await host.status()).toMatchObject({ release: 'v1', previous: 'v2' });
    expect(aws.completions.map(({ result }) => result)).toEqual(['CONTINUE']);
  });

  test('--boot abandons the launch at once when the release is refused', async () => {
    aws.put(POINTER, pointer(1, 'idle', sick));
    expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 70 });
    aws.put(POINTER, pointer(2, 'idle', v1));
    aws.put('artifacts/releases/v1/release.tar.gz', v2.archive);
    expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 65 });
    expect(aws.completions.map(({ result }) => result)).toEqual(['ABANDON', 'ABANDON']);
  });

  test('--boot leaves the launch to its time-out when the release cannot be had', async () => {
    aws.put(POINTER, pointer(1, 'idle', v1));
    aws.objects.delete('artifacts/releases/v1/release.tar.gz');
    expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 69 });
    expect(aws.completions).toEqual([]);
  });
});

describe('prune', () => {
  test('keeps the newest, the active and the previous release', async () => {
    await serving(v1, v2);
    await host.stage(v3, 3);
    await host.stage(sick, 3);
    expect(await host.run(['prune', '--keep', '1'])).toMatchObject({ exitCode: 0 });
    expect(host.list('releases')).toEqual(['sick', 'v1', 'v2']);
    expect(host.list('.asg-canary/sha256')).toEqual(['sick', 'v1', 'v2']);
  });

  test('keeps as many as host.conf says by default', async () => {
    for (const release of [v1, v2, v3]) await host.stage(release, 1);
    host.writeConfig(host.configText().replace('KEEP_RELEASES=5', 'KEEP_RELEASES=2'));
    await host.run(['prune']);
    expect(host.list('releases')).toEqual(['v2', 'v3']);
  });
});
