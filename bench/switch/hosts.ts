import { lstatSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** A host: a loopback address and a folder. Both tools deploy to it, each to its own place. */
export interface Host {
  readonly address: string;
  /** Stands for the root of its disk. */
  readonly root: string;
}

/** Makes the folders of hosts on 127.x.0.1, 127.x.0.2 and so on. */
export function makeHosts(count: number, prefix: string, folder: string): Host[] {
  return Array.from({ length: count }, (_, index) => {
    const host = { address: `${prefix}.0.${index + 1}`, root: path.join(folder, `host${index + 1}`) };
    mkdirSync(host.root, { recursive: true });
    return host;
  });
}

/** When a link was put in its place, in nanoseconds since 1970: renaming changes its ctime. */
export function switchedAt(link: string): bigint {
  return lstatSync(link, { bigint: true }).ctimeNs;
}
