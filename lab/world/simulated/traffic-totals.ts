/** Requests and how they ended. */
export interface Count {
  requests: number;
  /** Answers of 500 by targets. */
  errors: number;
  /** No connection to the target: the client gets 502. */
  connectionErrors: number;
}

/** What clients have seen. */
export interface TrafficTotals extends Count {
  /** 503 of the load balancer itself: no target to send the request to. */
  unavailable: number;
  /** By the release that answered; requests without a connection count as `none`. */
  readonly byRelease: Record<string, Count>;
  /** By the ARN of the target group. */
  readonly byTargetGroup: Record<string, Count>;
  /** Of these, the requests of clients that keep their cookies. */
  readonly sticky: Count & { unavailable: number };
}

export function noTraffic(): TrafficTotals {
  return { ...none(), unavailable: 0, byRelease: {}, byTargetGroup: {}, sticky: { ...none(), unavailable: 0 } };
}

/** Adds requests that reached a target group. */
export function addCount(totals: TrafficTotals, targetGroupArn: string, release: string, count: Count): void {
  totals.byRelease[release] ??= none();
  totals.byTargetGroup[targetGroupArn] ??= none();
  for (const sum of [totals, totals.byRelease[release], totals.byTargetGroup[targetGroupArn]]) addTo(sum, count);
}

export function addTo(sum: Count, count: Count): void {
  sum.requests += count.requests;
  sum.errors += count.errors;
  sum.connectionErrors += count.connectionErrors;
}

function none(): Count {
  return { requests: 0, errors: 0, connectionErrors: 0 };
}
