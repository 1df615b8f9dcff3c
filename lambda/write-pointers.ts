import type { GroupRole, Release } from '../lib/deployment/contract';
import { handle } from './aws/handler';
import { readPointer, writePointer } from './aws/releases';
import { readLockToGoOn, readOwnLock, recordIntent } from './aws/table';
import type { Holder, Intent } from './core/lock';
import { formatPointer } from './core/pointer';
import { changePointer, type PointerChange } from './core/transitions';

export interface WritePointersEvent extends Holder {
  readonly change: PointerChange;
  readonly release: Release;
  /** With the first change: stable instances that their owner protects from scale-in. */
  readonly protectedInstances?: readonly string[];
}

export interface WrittenPointers {
  /** The groups whose pointer was another before. */
  readonly changed: readonly GroupRole[];
}

const INTENT: Readonly<Record<PointerChange, Intent>> = {
  checking: 'checking',
  maintenance: 'maintenance',
  deploying: 'deploying',
  promoting: 'promoting',
  promoted: 'promoted',
  migrated: 'migrated',
  commit: 'committing',
  restore: 'restoring',
  hold: 'restoring',
};

/**
 * Writes what the hosts of both groups converge to, each over exactly the version that was read. The intent is recorded before,
 * with the releases to go back to. The stable pointer is written first: with it a release is committed.
 */
export const handler = handle<WritePointersEvent, WrittenPointers>('write-pointers', async (event) => {
  const { change, release, protectedInstances = [], epoch, execution } = event;
  const holder = { epoch, execution };
  const goesOn = change !== 'commit' && change !== 'restore' && change !== 'hold';
  const { id, sha256 } = release;
  const before = await (goesOn ? readLockToGoOn(holder) : readOwnLock(holder));
  if (begins(change) && before.release === undefined) {
    const { pointer } = await readPointer('stable');
    await recordIntent(holder, INTENT[change], {
      release: { id, sha256 },
      previous: pointer?.committed,
      protectedBefore: protectedInstances,
    });
  } else {
    await recordIntent(holder, INTENT[change]);
  }
  const lock = await readOwnLock(holder);
  const changed: GroupRole[] = [];
  for (const role of ['stable', 'canary'] as const) {
    const { pointer, etag } = await readPointer(role);
    const wanted = changePointer(pointer, change, { epoch, release: { id, sha256 }, lock });
    if (!wanted || (pointer && formatPointer(pointer) === formatPointer(wanted))) continue;
    await writePointer(role, wanted, etag);
    changed.push(role);
  }
  return { changed };
});

function begins(change: PointerChange): boolean {
  return change === 'checking' || change === 'deploying';
}
