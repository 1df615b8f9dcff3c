import { type Benchmark, type RowResult, ratio } from './benchmark';
import type { Figures } from './figures';
import { MOST_SKEW_MS, requiredRatio, shortfalls } from './limits';

/** The page in Markdown. */
export function toMarkdown(benchmark: Benchmark): string {
  const { machine, results, noise } = benchmark;
  const behind = shortfalls(benchmark);
  return `# Benchmark of the switch

Written by \`npm run bench:switch\`; do not edit. It deploys the same releases to the same hosts with the host program of this project
(\`stage\` on all hosts at once, then \`activate\` on all hosts at once) and with Capistrano ${machine.capistrano} of Debian.
Hosts are loopback addresses of one machine: ${machine.cores} cores (${machine.processor}), ${machine.system}, files on ${machine.fileSystem}.

${behind.length === 0 ? 'Every row is within its limits.' : `Behind the limits:\n\n${behind.map((line) => `- ${line}`).join('\n')}`}

## Time

Seconds from the first command until the last one has ended: median (fastest to slowest). Rows that take long are repeated less often.
Where few files are new, one of a hundred differs from the release before, and Capistrano fetches only those. Where all are new, no line
stays as it was, which is the worst case for git. We bring in the whole release each time.
${sizes(benchmark)}

${table(
  [
    'application',
    'files that are new',
    'hosts',
    'runs',
    'ours',
    'staging + switching',
    'Capistrano',
    'times as fast',
    'must be',
    'Capistrano, git on its own disk',
    'times as fast',
  ],
  results.map(timeRow),
)}

## Skew of the switch

Milliseconds between the first and the last host's change of \`current\` (ctime of the link): median (worst). With everything staged, ours
must be under ${MOST_SKEW_MS}.

${table(
  ['application', 'files that are new', 'hosts', 'ours', 'Capistrano'],
  results
    .filter(({ row }) => row.hosts > 1)
    .map(({ row, ours, capistrano }) => [row.size.name, row.change, String(row.hosts), skew(ours), skew(capistrano)]),
)}

## What flatters us

- There is no Run Command and no state machine: on AWS their own delays come on top, and a deployment takes as long as its canary is watched.
- The host program runs without a hook: no PHP to prewarm, no database to check, no shared folders. Capistrano has no linked folders either.
- The release comes from an S3 that runs on the same machine. Building and uploading it is not timed.
- Hosts have credentials from the release before. An instance that had no command for hours asks its metadata for them first: three requests.
- Capistrano's time has the start of Ruby in it. We start no command on the side of the operator.
- Capistrano's hosts fetch over ssh from a git server on one more loopback address, which shares this machine's cores. In the last columns
  the repository is on their own disk.
- Rows in which all files are new: few applications ever have such a release.

## What flatters Capistrano

- Every host has a git mirror already, with all releases but the one that is deployed; an instance that Auto Scaling has just launched would
  clone the history. We download, verify and unpack the whole archive each time, flush it to the disk and ask the application for its
  health after the switch.
- Its twenty or so commands a host go one after the other over one connection, which on loopback costs no network time. sshd asks
  neither PAM nor DNS, and the shell has no start-up files to read.
- Its work is mostly that of the one client; ours is done by the hosts, which have their own processors on AWS and here share
  ${machine.cores} cores, one disk and one S3. Rows with more hosts than cores show how full this machine is, not how long hosts take.

Both start from the release before, with the disk at rest; now the one goes first and now the other. Capistrano has its default tasks,
up to 10 hosts at once and its connection pool. Neither removes old releases meanwhile, as it does in use: on ext4 it takes minutes until
new files can be made in the place of many removed ones as fast as before, and the benchmark would measure that.

## Noise

Before each repetition, while nothing of the benchmark ran, other programs took ${noise.median.toFixed(0)} % of all cores (median; at most ${noise.most.toFixed(0)} %).
`;
}

function sizes({ results, archiveMegabytes }: Benchmark): string {
  const all = new Map(results.map(({ row }) => [row.size.name, row.size]));
  const texts = [...all.values()].map(({ name, files, bytes }) => {
    const unpacked = ((files * bytes) / 1e6).toFixed(0);
    return `${name} is ${files} files, about ${unpacked} MB (${archiveMegabytes[name].toFixed(1)} MB packed)`;
  });
  return `${texts.join('; ')}.`.replace(/^./, (letter) => letter.toUpperCase());
}

function timeRow(result: RowResult): string[] {
  const { row, runs, ours, capistrano, fromDisk } = result;
  const required = requiredRatio(row);
  return [
    row.size.name,
    row.change,
    String(row.hosts),
    String(runs),
    seconds(ours),
    `${ours.stageSeconds.toFixed(2)} + ${ours.activateSeconds.toFixed(2)}`,
    seconds(capistrano),
    ratio(result).toFixed(1),
    required === undefined ? '-' : String(required),
    fromDisk === undefined ? '-' : seconds(fromDisk),
    fromDisk === undefined ? '-' : ratio({ ours, capistrano: fromDisk }).toFixed(1),
  ];
}

function seconds({ seconds, fastest, slowest }: Figures): string {
  return `${seconds.toFixed(2)} (${fastest.toFixed(2)} to ${slowest.toFixed(2)})`;
}

function skew({ skewMs, worstSkewMs }: Figures): string {
  return `${skewMs.toFixed(0)} (${worstSkewMs.toFixed(0)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '-'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
