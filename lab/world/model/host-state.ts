import type { ReleaseTree } from './release-tree';

/** A release on the host. */
export interface StagedRelease {
  readonly sha256: string;
  /** Counts up from the oldest. */
  readonly order: number;
  readonly tree: ReleaseTree;
}

/** What is in service, and since which switch. Releases are empty where there is none. */
interface Service {
  readonly active: string;
  readonly previous: string;
  /** The release that was active before the previous one. */
  readonly before: string;
  /** Epoch that `revert` must name to undo it; undefined where nothing may. */
  readonly by: number | undefined;
  /** Whether the active release has passed its probe. */
  readonly proved: boolean;
}

/** What lasts on a host between commands. */
export class HostState {
  readonly releases = new Map<string, StagedRelease>();
  readonly bad = new Set<string>();
  /** Releases on the host whose hook has not done its part yet. */
  readonly unready = new Set<string>();
  /** Whether the web server answers with the maintenance page. */
  maintenance = false;
  /** Highest epoch seen. */
  epoch = 0;
  reverted = { release: '', epoch: -1 };
  private service: Service = { active: '', previous: '', before: '', by: undefined, proved: true };

  get active(): string {
    return this.service.active;
  }

  get previous(): string {
    return this.staged(this.service.previous);
  }

  get by(): number | undefined {
    return this.service.by;
  }

  get proved(): boolean {
    return this.service.proved;
  }

  get before(): string {
    return this.staged(this.service.before);
  }

  /** Puts a release into service that has yet to pass its probe; a release that never did is not gone back to. */
  switchTo(active: string, by: number): void {
    const { previous, before } = this;
    const back = this.proved ? { previous: this.active, before: previous } : { previous, before };
    this.service = { active, by, proved: false, ...back };
  }

  goBack(): void {
    this.service = { active: this.previous, previous: this.before, before: '', by: undefined, proved: true };
  }

  /** Changes what is recorded of the active release, without a switch. */
  settle(by: number | undefined, proved: boolean): void {
    this.service = { active: this.active, previous: this.previous, before: this.before, by, proved };
  }

  wasReverted(release: string, epoch: number): boolean {
    return release === this.reverted.release && epoch <= this.reverted.epoch;
  }

  add(release: string, sha256: string, tree: ReleaseTree): void {
    const last = Math.max(0, ...[...this.releases.values()].map(({ order }) => order));
    this.releases.set(release, { sha256, tree, order: last + 1 });
  }

  /** Removes all but the newest `keep` releases, the active and the previous one. */
  prune(keep: number): void {
    const newestFirst = [...this.releases].sort(([, a], [, b]) => b.order - a.order);
    for (const [release] of newestFirst.slice(keep)) {
      if (release === this.active || release === this.previous) continue;
      this.releases.delete(release);
      this.unready.delete(release);
    }
  }

  /** The line that `status` prints. */
  status(hostSha256: string): string {
    const status = {
      release: this.active,
      previous: this.previous,
      epoch: this.epoch,
      staged: [...this.releases.keys()].sort(),
      bad: [...this.bad].sort(),
      host: hostSha256,
    };
    return `${JSON.stringify(status)}\n`;
  }

  private staged(release: string): string {
    return this.releases.has(release) ? release : '';
  }
}
