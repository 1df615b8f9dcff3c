import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A function's bundle: a folder, and the SHA-256 of what is in it. */
export interface Code {
  readonly directory: string;
  readonly sha256: string;
}

/** Reads a bundle: the digest covers the names and contents of its files. */
export function readCode(directory: string): Code {
  const hash = createHash('sha256');
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) throw new Error(`a function's code must hold at least one file, got the empty folder ${directory}`);
  for (const file of files) hash.update(path.relative(directory, file)).update('\0').update(readFileSync(file)).update('\0');
  return { directory, sha256: hash.digest('hex') };
}
