import { LoadGenerator } from '../../lab/traffic/load/load-generator';
import type { LoadTotals } from '../../lab/traffic/load/messages';
import type { DeploymentLab, Ended } from './deployment-lab';

/** Customers of an application, who ask for pages while it is deployed. */
export class Customers {
  static async of(lab: DeploymentLab, url: string, paths: string[]): Promise<Customers> {
    return new Customers(lab, await LoadGenerator.start({ url, requestsPerSecond: 40, paths }));
  }

  private constructor(
    private readonly lab: DeploymentLab,
    private readonly load: LoadGenerator,
  ) {}

  /** Deploys, and says what customers saw meanwhile that was no page and no redirect, by what it was. */
  async during(
    input: object,
    look: (execution: string) => Promise<void> = async () => {},
  ): Promise<Ended & { good: number; others: Record<string, number> }> {
    const before = seen(this.load.totals);
    const execution = this.lab.start(input);
    const [ended] = await Promise.all([this.lab.ended(execution), look(execution)]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const after = seen(this.load.totals);
    const since = Object.entries(after).map(([what, count]) => [what, count - (before[what] ?? 0)] as const);
    const { 200: pages = 0, 302: redirects = 0, ...others } = Object.fromEntries(since.filter(([, count]) => count > 0));
    return { ...ended, good: pages + redirects, others };
  }

  async stop(): Promise<void> {
    await this.load.stop();
  }
}

/** Answers by status, and requests without an answer by what went wrong. */
function seen(totals: LoadTotals | undefined): Record<string, number> {
  const counts: Record<string, number> = { ...totals?.failures };
  for (const statuses of Object.values(totals?.answers ?? {})) {
    for (const [status, count] of Object.entries(statuses)) counts[status] = (counts[status] ?? 0) + count;
  }
  return counts;
}
