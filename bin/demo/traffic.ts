import type { LoadTotals } from '../../lab/traffic/load/messages';
import type { TrafficFacts } from './facts';

/** 5xx answers of one release that clients saw; 0 for the empty name of a release that never was. */
export function serverErrors({ answers }: LoadTotals, release: string): number {
  if (release === '') return 0;
  return Object.entries(answers[release] ?? {})
    .filter(([status]) => Number(status) >= 500)
    .reduce((sum, [, count]) => sum + count, 0);
}

/** What clients counted; a failure is `other` where it is no deployed release's own answer: no answer at all, or an error by nobody. */
export function trafficFacts(totals: LoadTotals, releases: readonly string[]): TrafficFacts {
  const otherFailures: Record<string, number> = { ...totals.failures };
  for (const [release, statuses] of Object.entries(totals.answers)) {
    if (release !== '' && releases.includes(release)) continue;
    for (const [status, count] of Object.entries(statuses)) {
      if (Number(status) >= 400) otherFailures[status] = (otherFailures[status] ?? 0) + count;
    }
  }
  return { sent: totals.sent, seconds: totals.seconds, otherFailures };
}
