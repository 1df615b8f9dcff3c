import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const SOURCES = ['bench', 'bin', 'cli', 'docs', 'examples', 'host', 'lab', 'lambda', 'lib', 'scripts', 'test', 'assets'];
/** What `npm run build` adds. */
const BUILT = ['dist/index.js', 'dist/index.d.ts', 'dist/fleet/index.js', 'dist/jsii/js/package.tgz', '.jsii', 'tsconfig.jsii.json'];

const folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The project as it is after a build, with empty files: only their names count here. */
function layOut(): void {
  const inFolder = (name: string) =>
    readdirSync(path.join(ROOT, name), { recursive: true, encoding: 'utf8' })
      .map((file) => path.join(name, file))
      .filter((file) => statSync(path.join(ROOT, file)).isFile());
  const top = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of [...top.map(({ name }) => name), ...SOURCES.flatMap(inFolder), ...BUILT]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), '');
  }
  copyFileSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
}

function packed(): string[] {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  return JSON.parse(output)[0].files.map((file: { path: string }) => file.path);
}

test('the package holds the library, what it ships to AWS, the command line and its papers, and nothing else', () => {
  layOut();
  const files = packed();
  const functions = readdirSync(path.join(ROOT, 'assets', 'functions')).map((name) => `assets/functions/${name}/index.js`);
  expect(functions.length).toBeGreaterThan(0);
  const wanted = [
    'package.json',
    'README.md',
    'LICENSE',
    '.jsii',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/fleet/index.js',
    'assets/cli/asg-canary.js',
    'assets/host/asg-canary-host',
    'assets/host/asg-canary-php',
    'assets/host/asg-canary-step',
    ...['configuration-files', 'jobs', 'maintenance.html', 'nginx.conf', 'php-fpm.conf', 'web-server'].map(
      (name) => `assets/host/boot/${name}`,
    ),
    ...['drupal', 'front-controller', 'magento2'].map((name) => `assets/host/boot/rules/${name}.conf`),
    'assets/host/php/check-nginx.php',
    'assets/host/php/fastcgi.php',
    'assets/host/php/in-fpm.php',
    'assets/host/placeholder.tar.gz',
    ...functions,
  ];
  expect(files).toEqual(expect.arrayContaining(wanted));
  expect(files.filter((file) => !wanted.includes(file) && !file.endsWith('.LEGAL.txt'))).toEqual([]);
});

test('the command that the package installs is there and can be executed', () => {
  const { bin } = require('../../package.json');
  expect(execFileSync(path.join(ROOT, bin['asg-canary']), ['--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/);
});
