import { spawnSync } from 'node:child_process';

/** A program of the machine that the demo runs, and the Debian package that brings it. */
interface Tool {
  readonly command: string;
  readonly debianPackage: string;
  /** Oldest version that does, as `[major, minor]`. */
  readonly minimum?: readonly [number, number];
}

const TOOLS: readonly Tool[] = [
  { command: 'bash', debianPackage: 'bash' },
  { command: 'git', debianPackage: 'git' },
  { command: 'curl', debianPackage: 'curl', minimum: [7, 88] },
  { command: 'openssl', debianPackage: 'openssl' },
  { command: 'tar', debianPackage: 'tar' },
  { command: 'gzip', debianPackage: 'gzip' },
  { command: 'flock', debianPackage: 'util-linux' },
];

/** Says what the machine lacks, with one line that installs it; undefined where nothing is missing. */
export function missingTools(path: string | undefined = process.env.PATH): string | undefined {
  const missing = TOOLS.filter((tool) => !isUsable(tool, path));
  if (missing.length === 0) return undefined;
  const names = missing.map(({ command, minimum }) => (minimum === undefined ? command : `${command} ${minimum.join('.')} or newer`));
  return `this machine lacks ${names.join(', ')}; on Debian or Ubuntu: sudo apt-get install -y ${missing.map((tool) => tool.debianPackage).join(' ')}`;
}

function isUsable({ command, minimum }: Tool, path: string | undefined): boolean {
  const { error, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8', env: { ...process.env, PATH: path } });
  if (error !== undefined) return false;
  if (minimum === undefined) return true;
  const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) > minimum[0] || (Number(major) === minimum[0] && Number(minor) >= minimum[1]);
}
