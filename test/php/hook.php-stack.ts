import { readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { archive } from '../host/archive';
import { type BuiltRelease, built, message, pointer, upload } from '../host/test-host';
import { TinyAws } from '../host/tiny-aws';
import { heavy, light, releasesOf } from './applications';
import { PhpInstance } from './php-instance';
import { BY_LINK, RESOLVED } from './servers';

const v1 = light('v1');
let aws: TinyAws;
let instance: PhpInstance;
let epoch = 1;
beforeAll(async () => {
  aws = await TinyAws.start();
  upload(aws, v1);
  instance = await PhpInstance.start(aws, '127.44.0.1');
  await instance.serve(v1, epoch);
});
afterAll(async () => {
  await instance.stop();
  await aws.stop();
});
afterEach(() => instance.configure({}));

async function stage(release: BuiltRelease): Promise<[number | undefined, string]> {
  upload(aws, release);
  const result = await instance.host.stage(release, epoch);
  return [result.exitCode, message(result)];
}

async function activate(release: BuiltRelease): Promise<[number | undefined, string]> {
  upload(aws, release);
  aws.put('artifacts/fleets/shop/stable', pointer(++epoch, 'promoting', v1, release));
  const result = await instance.host.activate(release, epoch);
  return [result.exitCode, message(result)];
}

function lastOf(event: string, id: string): string {
  const lines = instance.journal().split('\n');
  return lines.findLast((line) => line.includes(`hook ${event} of ${id}: `))!.replace(/.*hook \w+ of [^:]+: /, '');
}

describe('shared folders and files', () => {
  test('are linked into each release, and what is written there stays', async () => {
    expect(readlinkSync(path.join(instance.host.app, 'releases/v1/pub/media'))).toBe('../../../shared/pub/media');
    writeFileSync(path.join(instance.host.app, 'current/pub/media/logo.txt'), 'the logo');
    expect(await activate(light('shared'))).toEqual([0, '']);
    expect(await instance.page('/media/logo.txt')).toBe('the logo');
    expect(await instance.page()).toBe('shared shared shared shared of this instance');
  });

  (process.getuid?.() === 0 ? test : test.skip)('belong to the user that is named (runs as root)', async () => {
    instance.configure({ SHARED_DIRS: 'pub/media var upload', SHARED_OWNER: 'www-data' });
    expect(await stage(light('owned'))).toEqual([0, '']);
    const owners = ['upload', 'var'].map((name) => statSync(path.join(instance.host.app, 'shared', name)).uid);
    expect(owners).toEqual([statSync(path.join(instance.host.root, 'run/fpm.sock')).uid, 0]);
  });

  test('may be empty folders in the artifact', async () => {
    const members = [
      { name: 'pub/index.php', content: '<?php' },
      { name: 'pub/media', type: '5' as const, mode: 0o755 },
    ];
    expect(await stage(built('empty-folder', archive(members)))).toEqual([0, '']);
    expect(instance.host.file('releases/empty-folder/pub/media/logo.txt')).toBe('the logo');
  });

  test.each([
    ['var', { 'var/.htaccess': 'x' }, 'the release ships var, which is shared by all releases: leave it out of the artifact'],
    ['env', { 'app/etc/env.php': 'x' }, 'the release ships app/etc/env.php, which is shared by all releases: leave it out of the artifact'],
  ])('that a release ships (%s) are refused by name', async (id, extra, text) => {
    expect(await stage(light(`ships-${id}`, extra))).toEqual([70, `hook unpacked of ships-${id} failed: ${text}`]);
    expect(instance.host.list('releases')).not.toContain(`ships-${id}`);
  });

  test('that are missing are named', async () => {
    instance.configure({ SHARED_FILES: 'app/etc/env.php config/secret.php' });
    expect(await stage(light('no-secret'))).toEqual([
      70,
      'hook unpacked of no-secret failed: there is no shared file config/secret.php: write it to /srv/app/shared/config/secret.php',
    ]);
  });

  test('within each other are refused', async () => {
    instance.configure({ SHARED_DIRS: 'var var/log' });
    expect(await stage(light('nested'))).toEqual([
      70,
      `hook unpacked of nested failed: 'var/log' lies within another shared folder: share only one of them`,
    ]);
  });

  test.each(['/etc', '../etc', 'var/../../etc', 'var/..', '.', 'a;b'])('at %j are refused', async (place) => {
    instance.configure({ SHARED_DIRS: place });
    const [exitCode, text] = await stage(light('odd-place'));
    expect(exitCode).toBe(70);
    expect(text).toContain("malformed php.conf: 'SHARED_DIRS' must match");
  });
});

describe('the artifact', () => {
  test('with an absolute link is refused before the hook sees it', async () => {
    const evil = built('evil', archive([{ name: 'pub/media', type: '2', link: '/etc' }]));
    expect(await stage(evil)).toEqual([65, 'releases/evil/release.tar.gz holds a link that leaves the release: pub/media']);
  });

  test('without the entry is refused', async () => {
    instance.configure({ ENTRY: 'web/index.php' });
    expect(await stage(light('elsewhere'))).toEqual([
      70,
      `hook unpacked of elsewhere failed: the release has no web/index.php, which 'ENTRY' names`,
    ]);
  });

  test('of an id that is here is refused', async () => {
    const [exitCode, text] = await stage(light('v1', { 'lib/more.php': '<?php' }));
    expect(exitCode).toBe(65);
    expect(text).toContain(`v1 is on this host with sha256 ${v1.sha256}`);
  });
});

describe('the web server', () => {
  afterEach(() => instance.servers.writeNginx(RESOLVED));

  test('that gives PHP the name of the link is refused with the line to change', async () => {
    instance.servers.writeNginx(BY_LINK);
    expect(await stage(light('by-link'))).toEqual([
      70,
      'hook staged of by-link failed: PHP would go on with the release before: ' +
        `change line 2 of ${instance.host.root}/etc/nginx/php.conf to 'fastcgi_param SCRIPT_FILENAME $realpath_root$fastcgi_script_name;', ` +
        `which says '$document_root$fastcgi_script_name', and reload nginx`,
    ]);
    expect((await activate(light('by-link')))[0]).toBe(70);
    expect(releasesOf(await instance.page())).not.toContain('by-link');
    instance.servers.writeNginx(RESOLVED);
    expect(await activate(light('by-link'))).toEqual([0, '']);
  });

  test('that names the link itself is refused too', async () => {
    instance.servers.writeNginx(`${instance.host.app}/current/pub`);
    const [exitCode, text] = await stage(light('by-name'));
    expect(exitCode).toBe(70);
    expect(text).toContain("'fastcgi_param SCRIPT_FILENAME $realpath_root$fastcgi_script_name;'");
  });

  test('whose configuration is wrong is refused with what nginx says', async () => {
    instance.servers.writeNginx('{');
    const [exitCode, text] = await stage(light('wrong'));
    expect(exitCode).toBe(70);
    expect(text).toMatch(/^hook staged of wrong failed: nginx -T failed: .*test failed/);
  });
});

describe('PHP-FPM', () => {
  test('without OPcache is refused', async () => {
    await instance.servers.configurePhp('opcache.enable=0\n');
    expect(await stage(light('no-opcache'))).toEqual([
      70,
      'hook staged of no-opcache failed: OPcache is off in PHP-FPM: install it and set opcache.enable=1',
    ]);
    await instance.servers.configurePhp('');
  });

  test('that does not answer is named', async () => {
    instance.configure({ FPM_SOCKET: '/run/absent.sock' });
    const [exitCode, text] = await stage(light('mute'));
    expect(exitCode).toBe(70);
    expect(text).toContain('PHP-FPM gave no answer over /run/absent.sock: ');
    expect(text).toContain('No such file or directory');
  });

  test('compiles what it can before the switch, and files that it cannot are counted', async () => {
    const broken = light('broken', { 'lib/parse.php': '<?php {', 'lib/twice.php': '<?php break;', 'pub/notes.txt': '' });
    expect(await stage(broken)).toEqual([0, '']);
    expect(lastOf('staged', 'broken')).toBe('prewarmed 4 of 6 files, 2 failed, 0 left, OPcache has room');
  });

  test('prewarms the places that are named, and none that is not there', async () => {
    instance.configure({ PREWARM: 'lib' });
    expect(await stage(light('places'))).toEqual([0, '']);
    expect(lastOf('staged', 'places')).toBe('prewarmed 3 of 3 files, 0 failed, 0 left, OPcache has room');
    instance.configure({ PREWARM: 'src' });
    expect(await stage(light('no-places'))).toEqual([70, `hook staged of no-places failed: the release has no src, which 'PREWARM' names`]);
  });

  test('is not filled to the brim', async () => {
    await instance.servers.configurePhp('opcache.memory_consumption=24\n');
    expect(await stage(heavy('large'))).toEqual([0, '']);
    expect(lastOf('staged', 'large')).toMatch(/^prewarmed \d+ of 151 files, 0 failed, [1-9]\d* left, OPcache is full$/);
    await instance.servers.configurePhp('');
  });

  test('is asked what it executes, and pages are warmed', async () => {
    expect(await activate(light('asked'))).toEqual([0, '']);
    expect(lastOf('activated', 'asked')).toBe('PHP-FPM executes asked; 1 of 1 URLs warmed');
  });

  test('warms pages as visitors ask for them, and does not count a redirect', async () => {
    const base = `<?php
$asked = ($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? 'http') . '://' . $_SERVER['HTTP_HOST'];
if ($_SERVER['REQUEST_URI'] !== '/health' && $asked !== 'https://shop.example.com') { header('Location: https://shop.example.com/', true, 302); exit; }
`;
    expect(await activate(light('redirects', { 'pub/index.php': base }))).toEqual([0, '']);
    expect(lastOf('activated', 'redirects')).toBe('PHP-FPM executes redirects; 0 of 1 URLs warmed');
    instance.configure({ WARM_BASE_URL: 'https://shop.example.com' });
    expect(await activate(light('as-visitor', { 'pub/index.php': base }))).toEqual([0, '']);
    expect(lastOf('activated', 'as-visitor')).toBe('PHP-FPM executes as-visitor; 1 of 1 URLs warmed');
  });

  describe('that has old bytecode of an id that was removed and came again', () => {
    const another = (id: string) => light(id, { 'lib/more.php': '<?php' });

    async function comesAgain(id: string): Promise<void> {
      expect(await activate(light(id))).toEqual([0, '']);
      expect(await activate(light(`between${epoch}`))).toEqual([0, '']);
      expect(await activate(light(`between${epoch}`))).toEqual([0, '']);
      expect(await instance.host.run(['prune', '--keep', '1'])).toMatchObject({ exitCode: 0 });
      expect(instance.host.list('releases')).not.toContain(id);
    }

    test('is reloaded', async () => {
      await comesAgain('again');
      expect(await activate(another('again'))).toEqual([0, '']);
      expect(lastOf('activated', 'again')).toMatch(/^PHP-FPM executes again after a reload, before which it executed 'again \d+'; 1 of 1/);
    });

    test('or, where it cannot be reloaded, the instance goes back', async () => {
      await comesAgain('stuck');
      instance.configure({ FPM_PID_FILE: '/run/absent.pid' });
      const [exitCode, text] = await activate(another('stuck'));
      expect(exitCode).toBe(70);
      expect(text).toMatch(
        /^hook activated of stuck failed: PHP-FPM executes 'stuck \d+', not stuck, and cannot be reloaded; went back to /,
      );
      expect(releasesOf(await instance.page())).not.toContain('stuck');
    });
  });
});

describe('static files by version', () => {
  const versioned = (id: string, version: string) =>
    light(id, { 'pub/static/deployed_version.txt': version, 'pub/static/app.js': `the script of ${id}` });
  const versions = () => instance.host.list('static');
  beforeAll(() => {
    const file = path.join(instance.host.root, 'etc/nginx/nginx.conf');
    const rule = `location ~ ^/static/(version[0-9]+/.+)$ {\n      alias ${instance.host.app}/static/$1;\n    }\n`;
    writeFileSync(file, readFileSync(file, 'utf8').replace('location = /health', `${rule}    location = /health`));
    instance.servers.reloadNginx();
  });
  beforeEach(() => instance.configure({ STATIC_DIR: 'pub/static' }));

  test('of this release and the one before are served', async () => {
    expect(await activate(versioned('static1', '1700000001'))).toEqual([0, '']);
    expect(await stage(versioned('static2', '1700000002\n'))).toEqual([0, '']);
    expect(versions()).toEqual(['version1700000001', 'version1700000002']);
    expect(readlinkSync(path.join(instance.host.app, 'static/version1700000002'))).toBe('../releases/static2/pub/static');
    const served = () => Promise.all([1, 2].map((n) => instance.page(`/static/version170000000${n}/app.js`)));
    expect(await served()).toEqual(['the script of static1', 'the script of static2']);
    expect(await activate(versioned('static2', '1700000002\n'))).toEqual([0, '']);
    expect(await served()).toEqual(['the script of static1', 'the script of static2']);
  });

  test('that were removed are no longer linked, and a version that comes again is that of the release in service', async () => {
    for (const n of [3, 4, 5]) expect(await activate(versioned(`static${n}`, `170000000${n}`))).toEqual([0, '']);
    expect(await instance.host.run(['prune', '--keep', '1'])).toMatchObject({ exitCode: 0 });
    expect(await stage(versioned('again5', '1700000005'))).toEqual([0, '']);
    expect(versions()).toEqual(['version1700000004', 'version1700000005']);
    expect(await instance.page('/static/version1700000005/app.js')).toBe('the script of static5');
    expect(await activate(versioned('again5', '1700000005'))).toEqual([0, '']);
    expect(await instance.page('/static/version1700000005/app.js')).toBe('the script of again5');
  });

  test('without a version get no link', async () => {
    expect(await stage(light('unversioned', { 'pub/static/app.js': '' }))).toEqual([0, '']);
    expect(readdirSync(path.join(instance.host.app, 'static')).filter((name) => name.startsWith('.'))).toEqual([]);
    instance.configure({});
    expect(await stage(versioned('unlinked', '1700000009'))).toEqual([0, '']);
    expect(versions()).not.toContain('version1700000009');
  });

  test.each([
    ['a-path', '../../etc', "1 lines: '../../etc'"],
    ['a-tail', '17x', "1 lines: '17x'"],
    ['two-lines', '17\n18\n', "2 lines: '17 18'"],
    ['nothing', '', "0 lines: ''"],
    ['a-return', '17\r\n', "1 lines: '17?'"],
  ])('with a version that is none (%s) are refused', async (id, version, got) => {
    expect(await stage(versioned(`bad-${id}`, version))).toEqual([
      70,
      `hook staged of bad-${id} failed: pub/static/deployed_version.txt must be one line of digits, got ${got}`,
    ]);
  });

  test.each(['/pub/static', '../static', 'pub/static pub/media'])('in %j are refused', async (place) => {
    instance.configure({ STATIC_DIR: place });
    expect((await stage(light('odd-static')))[1]).toContain("malformed php.conf: 'STATIC_DIR' must match");
  });
});

describe('units', () => {
  /** A systemctl that notes what it is told and knows the units that the case names. */
  const SYSTEMCTL = `#!/bin/bash
echo "$* while $(basename "$(readlink "$ASG_CANARY_ROOT/srv/app/current")") is active" >>"$ASG_CANARY_ROOT/told"
case \${!#} in
  absent.service) echo "Failed to try-restart absent.service: Unit absent.service not found." >&2; exit 5 ;;
  broken.service) echo "Access denied" >&2; exit 4 ;;
esac
`;
  const told = () => readFileSync(path.join(instance.host.root, 'told'), 'utf8');
  beforeEach(() => instance.host.install('bin/systemctl', SYSTEMCTL));
  const withSystemctl = () => ({ PATH: `${path.join(instance.host.root, 'bin')}:${process.env.PATH}` });

  async function run(command: 'activate' | 'revert', release: BuiltRelease): Promise<[number | undefined, string]> {
    upload(aws, release);
    if (command === 'activate') aws.put('artifacts/fleets/shop/stable', pointer(++epoch, 'promoting', v1, release));
    const sha = command === 'activate' ? ['--sha256', release.sha256] : [];
    const result = await instance.host.run([command, '--release', release.id, ...sha, '--epoch', String(epoch)], withSystemctl());
    return [result.exitCode, message(result)];
  }

  test('are restarted once PHP-FPM executes the release, and those that are not there are left out', async () => {
    expect(await activate(v1)).toEqual([0, '']);
    instance.configure({ RESTART_UNITS: 'mails.service absent.service' });
    expect(await run('activate', light('units'))).toEqual([0, '']);
    expect(lastOf('activated', 'units')).toBe('PHP-FPM executes units; 1 of 1 URLs warmed; 1 of 2 units restarted');
    expect(await run('revert', light('units'))).toEqual([0, '']);
    expect(lastOf('reverted', 'v1')).toBe('PHP-FPM executes v1; 1 of 1 URLs warmed; 1 of 2 units restarted');
    const restarted = (id: string) =>
      ['mails', 'absent'].map((unit) => `--no-block try-restart ${unit}.service while ${id} is active\n`).join('');
    expect(told()).toBe(restarted('units') + restarted('v1'));
  });

  test('that cannot be restarted make the instance go back', async () => {
    expect(await activate(v1)).toEqual([0, '']);
    instance.configure({ RESTART_UNITS: 'broken.service' });
    expect(await run('activate', light('unit-broken'))).toEqual([
      70,
      'hook activated of unit-broken failed: broken.service cannot be restarted: Access denied; went back to v1',
    ]);
    expect(releasesOf(await instance.page())).toEqual(['v1']);
  });

  test.each(['--version', 'a;b', 'a/b'])('named %j are refused', async (unit) => {
    instance.configure({ RESTART_UNITS: unit });
    expect((await stage(light('odd-unit')))[1]).toContain("malformed php.conf: 'RESTART_UNITS' must match");
  });
});

test('php.conf without a key that is needed is refused', async () => {
  const file = path.join(instance.host.root, 'etc/asg-canary/php.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^ENTRY=.*\n/m, ''));
  expect(await stage(light('no-entry'))).toEqual([70, `hook unpacked of no-entry failed: malformed php.conf: 'ENTRY' is missing`]);
  rmSync(file);
  expect((await stage(light('no-file')))[1]).toBe('hook unpacked of no-file failed: cannot read php.conf');
});
