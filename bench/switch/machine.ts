import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release } from 'node:os';
import type { Machine } from './benchmark';

/** What this machine is, what disk a folder is on, and which Capistrano there is. */
export function machine(folder: string): Machine {
  const version = /Capistrano Version: (\S+)/.exec(execFileSync('cap', ['--version'], { encoding: 'utf8' }));
  return {
    cores: availableParallelism(),
    processor: cpus()[0].model,
    system: `Linux ${release()}`,
    fileSystem: execFileSync('findmnt', ['--noheadings', '--output', 'FSTYPE', '--target', folder], { encoding: 'utf8' }).trim(),
    capistrano: version?.[1] ?? 'of an unknown version',
  };
}
