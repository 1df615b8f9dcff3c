import { readFileSync } from 'node:fs';

/** A user of the machine under the lab. */
export interface UserAccount {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/**
 * The user that a service is to run as; undefined for the lab's own, who stands in for all where the lab does not run as root.
 * `nobody` too is the lab's own user: on many machines nobody may not enter the folder of Node.js.
 *
 * @throws where the machine has no such user
 */
export function accountOf(name: string | undefined): UserAccount | undefined {
  if (name === undefined || name === 'nobody' || process.getuid?.() !== 0) return undefined;
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([user]) => user === name);
  if (entry === undefined) throw new Error(`the machine under the lab has no user '${name}'`);
  return { uid: Number(entry[2]), gid: Number(entry[3]), home: entry[5] };
}
