import { createHash } from 'node:crypto';
import { printable } from './strict-text';
import { readTarGz, type TarEntry } from './tar';

/** An archive as a host sees it: its digest, and its files or why it is refused. */
export interface Unpacked {
  readonly sha256: string;
  /** Why the archive is refused, worded after `<key> `. */
  readonly fault?: string;
  readonly tree: ReleaseTree;
}

const known = new WeakMap<Uint8Array, Unpacked>();

/** Verifies and unpacks an archive; hosts that are given the same bytes share the result. */
export function unpack(archive: Uint8Array): Unpacked {
  let unpacked = known.get(archive);
  if (unpacked === undefined) {
    unpacked = { sha256: createHash('sha256').update(archive).digest('hex'), ...open(archive) };
    known.set(archive, unpacked);
  }
  return unpacked;
}

function open(archive: Uint8Array): Omit<Unpacked, 'sha256'> {
  let entries: TarEntry[];
  try {
    entries = readTarGz(archive);
  } catch {
    return { fault: 'is not a whole tar archive compressed by gzip', tree: new ReleaseTree([]) };
  }
  const tree = new ReleaseTree(entries);
  const fault = entries.map(entryFault).find((found) => found !== undefined) ?? tree.linkFault();
  return { fault, tree };
}

function entryFault({ name, type, link }: TarEntry): string | undefined {
  const paths = type === '1' ? [name, link] : [name];
  const shown = `"${name}"${type === '1' ? ` link to "${link}"` : ''}`;
  if (!/^[01257]$/.test(type)) return `holds a device or another special file: ${shown}`;
  if (paths.some((path) => path.startsWith('/'))) return `holds an absolute path: ${shown}`;
  if (paths.some((path) => path.split('/').includes('..'))) return `holds a path with '..': ${shown}`;
  return undefined;
}

/** The files of one release. */
export class ReleaseTree {
  private readonly entries = new Map<string, TarEntry>();

  constructor(entries: readonly TarEntry[]) {
    for (const entry of entries) this.entries.set(parts(entry.name).join('/'), entry);
  }

  /** The text of a file, through links; undefined where there is none. */
  file(path: string): string | undefined {
    const place = this.resolve([], path);
    const entry = place && this.entries.get(place.join('/'));
    if (entry === undefined || entry.type === '5') return undefined;
    return entry.type === '1' ? this.file(entry.link) : Buffer.from(entry.content).toString();
  }

  /** The first symbolic link that leaves the release. */
  linkFault(): string | undefined {
    for (const [path, entry] of this.entries) {
      if (entry.type !== '2') continue;
      if (this.resolve(path.split('/').slice(0, -1), entry.link) === undefined) {
        return `holds a link that leaves the release: ${printable(path)}`;
      }
    }
    return undefined;
  }

  /** Where a path leads to from a folder; undefined where it leaves the release. A link that never ends counts as a name. */
  private resolve(folder: readonly string[], path: string, budget = { links: 40 }): string[] | undefined {
    if (path.startsWith('/')) return undefined;
    let place: string[] | undefined = [...folder];
    for (const part of parts(path)) {
      if (part === '..') {
        if (place.pop() === undefined) return undefined;
        continue;
      }
      const entry = this.entries.get([...place, part].join('/'));
      place = entry?.type === '2' && budget.links-- > 0 ? this.resolve(place, entry.link, budget) : [...place, part];
      if (place === undefined) return undefined;
    }
    return place;
  }
}

function parts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
