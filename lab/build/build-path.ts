import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

const SYSTEM = [path.dirname(process.execPath), '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * PATH of a build: the machine's tools, but no AWS command line, which build images need not have.
 * A folder that holds one is replaced by links to the rest of it.
 */
export function buildPath(folder: string): string {
  return [...new Set(SYSTEM)]
    .map((directory, index) => (entries(directory).includes('aws') ? withoutAws(directory, path.join(folder, String(index))) : directory))
    .join(':');
}

function withoutAws(directory: string, copy: string): string {
  mkdirSync(copy, { recursive: true });
  for (const name of entries(directory)) {
    if (name !== 'aws') symlinkSync(path.join(directory, name), path.join(copy, name));
  }
  return copy;
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
