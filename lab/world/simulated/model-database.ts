/** What a release of the simulated application asks of its database: its file `database.json`. */
export interface DatabaseNeeds {
  /** What would be changed. */
  readonly changes?: readonly string[];
  /** How many of the changes the release declares compatible: the first of them. */
  readonly declared?: number;
  /** Why the database cannot be looked at. */
  readonly checkFails?: string;
  /** Why the migration ends half-way. */
  readonly migrateFails?: string;
  /** Whether no other release can serve after the migration. */
  readonly breaks?: boolean;
  /** Why what comes after a promotion or a roll-back fails. */
  readonly afterFails?: string;
}

/** File of a release; one without it has no steps. */
export const DATABASE_FILE = 'database.json';

/** The one database of all machines. */
export class ModelDatabase {
  /** Steps that were run, in order: `migrate v2`. */
  readonly steps: string[] = [];
  private readonly migrated = new Set<string>();
  private brokenFor: string | undefined;

  /** Whether a release can work with it. */
  fits(release: string): boolean {
    return this.brokenFor === undefined || this.brokenFor === release;
  }

  isMigrated(release: string): boolean {
    return this.migrated.has(release);
  }

  migrate(release: string, { breaks }: DatabaseNeeds): void {
    this.migrated.add(release);
    if (breaks) this.brokenFor = release;
  }
}
