import type { Lock } from '../lock';

/** What a deployment does to the database, written into the lock before it is done. */
export interface Migration {
  readonly kind: 'compatible' | 'breaking';
  readonly state: 'begun' | 'done';
  /** The instance that does it. */
  readonly leader: string;
}

/** How far a migration is: `breaking begun`; empty for none. */
export function progressOf(migration: Migration | undefined): string {
  return migration ? `${migration.kind} ${migration.state}` : '';
}

/** The text of the lock's attribute `migration`. */
export function formatMigration(migration: Migration): string {
  return `${progressOf(migration)} ${migration.leader}`;
}

/** Reads that text; undefined where there is none. */
export function parseMigration(text: string | undefined): Migration | undefined {
  const [, kind, state, leader] = /^(compatible|breaking) (begun|done) (\S+)$/.exec(text ?? '') ?? [];
  return kind === undefined ? undefined : ({ kind, state, leader } as Migration);
}

/** Whether the database is now such that only the new release fits it. */
export function isBreaking({ migration }: Pick<Lock, 'migration'>): boolean {
  return migration?.kind === 'breaking' && migration.state === 'done';
}

/**
 * Whether the code must stay as it is: the code of before does not fit the database any more, or a migration that ended half-way left
 * something that only people can judge.
 */
export function holdsCode(lock: Pick<Lock, 'migration'>): boolean {
  return isBreaking(lock) || lock.migration?.state === 'begun';
}
