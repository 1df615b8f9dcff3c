import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LoopbackNetwork } from '../../lab/world/live/loopback-network';
import type { Benchmark, RowResult } from './benchmark';
import { Capistrano, type Repository } from './capistrano';
import { figuresOf, median, type Run } from './figures';
import { type Host, makeHosts } from './hosts';
import { machine } from './machine';
import { busyPercent } from './noise';
import { currentOf, type OurRun, Ours } from './ours';
import type { Processes } from './processes';
import type { Change, Row, Size } from './sizes';
import { type Archive, Source } from './source';

/** After this time a row is not repeated any more, so that a slow machine does not take for ever. */
const ROW_MS = 80_000;

/** Runs the rows, one after the other, in a folder that the caller removes. */
export async function measure(rows: readonly Row[], processes: Processes, folder: string): Promise<Benchmark> {
  const network = await LoopbackNetwork.claim();
  const results: RowResult[] = [];
  const archiveMegabytes: Record<string, number> = {};
  const noise: number[] = [];
  try {
    for (const size of new Set(rows.map((row) => row.size))) {
      const bench = await Bench.start(size, rows, processes, path.join(folder, size.name), network.prefix);
      try {
        archiveMegabytes[size.name] = await bench.warmUp();
        for (const row of rows.filter((each) => each.size === size)) results.push(await bench.measure(row, noise));
      } finally {
        await bench.stop();
      }
    }
  } finally {
    await network.release();
  }
  return { machine: machine(folder), archiveMegabytes, results, noise: { median: median(noise), most: Math.max(...noise) } };
}

/** Both tools on the hosts of one size. A row of N takes the first N of them. */
class Bench {
  static async start(size: Size, rows: readonly Row[], processes: Processes, folder: string, network: string): Promise<Bench> {
    const most = Math.max(...rows.filter((row) => row.size === size).map((row) => row.hosts));
    const hosts = makeHosts(most, network, path.join(folder, 'hosts'));
    const source = new Source(processes, path.join(folder, 'source'), size);
    const ours = await Ours.start(processes, hosts);
    const control = path.join(folder, 'capistrano');
    mkdirSync(control);
    return new Bench(processes, folder, hosts, source, ours, await Capistrano.start(processes, hosts, source.folder, control));
  }

  private constructor(
    private readonly processes: Processes,
    private readonly folder: string,
    private readonly hosts: readonly Host[],
    private readonly source: Source,
    private readonly ours: Ours,
    private readonly capistrano: Capistrano,
  ) {}

  /** The first release, which nobody times: from now on every host has a release, and a git mirror for Capistrano. */
  async warmUp(): Promise<number> {
    return (await this.bring(this.hosts, 'all')).body.length / 1e6;
  }

  /** The next release on hosts, by both tools, not timed. */
  private async bring(hosts: readonly Host[], change: Change): Promise<Archive> {
    const archive = await this.source.next(change);
    await this.ours.deploy(hosts, archive);
    await this.capistrano.deploy(hosts, 'ssh');
    return archive;
  }

  /** Hosts that took no part in the rows before first fetch what they missed. */
  async measure(row: Row, noise: number[]): Promise<RowResult> {
    const hosts = this.hosts.slice(0, row.hosts);
    await this.bring(hosts, 'few');
    const ours: OurRun[] = [];
    const capistrano: Run[] = [];
    const fromDisk: Run[] = [];
    const began = performance.now();
    while (ours.length < row.repetitions && (ours.length === 0 || performance.now() - began < ROW_MS)) {
      const archive = await this.source.next(row.change);
      noise.push(await busyPercent());
      const turns = [
        async () => ours.push(await this.run(hosts, archive, currentOf, () => this.ours.deploy(hosts, archive))),
        async () => capistrano.push(await this.runCapistrano(hosts, archive, 'ssh')),
      ];
      for (const turn of ours.length % 2 === 0 ? turns : turns.reverse()) await turn();
      if (row.fromDisk) fromDisk.push(await this.runCapistrano(hosts, archive, 'disk'));
      console.log(`${row.size.name}, ${row.change} files new, ${row.hosts} hosts: ours ${last(ours)} s, Capistrano ${last(capistrano)} s`);
    }
    const stageSeconds = median(ours.map((run) => run.stageSeconds));
    const activateSeconds = median(ours.map((run) => run.activateSeconds));
    return {
      row,
      runs: ours.length,
      ours: { ...figuresOf(ours), stageSeconds, activateSeconds },
      capistrano: figuresOf(capistrano),
      ...(row.fromDisk && { fromDisk: figuresOf(fromDisk) }),
    };
  }

  private runCapistrano(hosts: readonly Host[], archive: Archive, repository: Repository): Promise<Run> {
    return this.run(
      hosts,
      archive,
      (host) => this.capistrano.currentOf(host),
      () => this.capistrano.deploy(hosts, repository),
    );
  }

  /** Lets the disk come to rest, deploys, and checks that every host serves this version. */
  private async run<T extends Run>(
    hosts: readonly Host[],
    { version }: Archive,
    current: (host: Host) => string,
    deploy: () => Promise<T>,
  ): Promise<T> {
    await this.command('sync');
    const run = await deploy();
    for (const host of hosts) {
      const served = readFileSync(path.join(current(host), 'health'), 'utf8');
      if (served !== version) throw new Error(`${host.address} must serve ${version.trim()}, got ${served.trim()}`);
    }
    return run;
  }

  async stop(): Promise<void> {
    await this.ours.stop();
    this.processes.endAll();
  }

  private command(program: string, ...args: readonly string[]): Promise<void> {
    const environment = { PATH: process.env.PATH! };
    return this.processes.run({ program, arguments: args, folder: this.folder, environment, log: path.join(this.folder, 'commands.log') });
  }
}

function last(runs: readonly Run[]): string {
  return runs[runs.length - 1].seconds.toFixed(2);
}
