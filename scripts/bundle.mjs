// Builds what the constructs ship: one esbuild bundle a function, the files that hosts fetch
// and the command line, all under assets/.
// The same sources give the same bytes, so that asset hashes change only with the code.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const assets = path.join(root, 'assets');
const temporary = `${assets}.${process.pid}`;

rmSync(temporary, { recursive: true, force: true });
const functions = readdirSync(path.join(root, 'lambda'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const settings = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  keepNames: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  legalComments: 'linked',
  logLevel: 'warning',
};

// One build for all: what functions share is parsed once.
await build({
  entryPoints: functions.map((name) => ({ in: path.join(root, 'lambda', `${name}.ts`), out: path.join(name, 'index') })),
  outdir: path.join(temporary, 'functions'),
  ...settings,
});

await build({
  entryPoints: [path.join(root, 'bin', 'asg-canary.ts')],
  outfile: path.join(temporary, 'cli', 'asg-canary.js'),
  ...settings,
});
chmodSync(path.join(temporary, 'cli', 'asg-canary.js'), 0o755);

mkdirSync(path.join(temporary, 'host'), { recursive: true });
for (const name of ['asg-canary-host', 'asg-canary-php', 'asg-canary-step', 'boot', 'php']) {
  cpSync(path.join(root, 'host', name), path.join(temporary, 'host', name), { recursive: true, filter: (file) => !file.endsWith('.md') });
}
const tar = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
execFileSync('bash', [
  '-c',
  'set -o pipefail; tar "${@:3}" -C "$1" -cf - . | gzip -n9 > "$2"',
  'bash',
  path.join(root, 'host', 'placeholder'),
  path.join(temporary, 'host', 'placeholder.tar.gz'),
  ...tar,
]);

// Whoever reads the assets right now keeps them where nothing has changed.
if (existsSync(assets) && isSame(assets, temporary)) {
  rmSync(temporary, { recursive: true });
} else {
  rmSync(assets, { recursive: true, force: true });
  execFileSync('mv', ['-T', temporary, assets]);
}

function isSame(before, after) {
  const files = filesOf(after);
  const equal = (file) => {
    const [old, fresh] = [path.join(before, file), path.join(after, file)];
    return statSync(old).mode === statSync(fresh).mode && readFileSync(old).equals(readFileSync(fresh));
  };
  return filesOf(before).join() === files.join() && files.every(equal);
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(path.join(folder, file)).isFile())
    .sort();
}
