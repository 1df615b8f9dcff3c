/** The load balancer's health check of the instances: times in seconds, thresholds in checks. */
export const HEALTH_CHECK = { interval: 10, timeout: 5, healthyThreshold: 2, unhealthyThreshold: 3 } as const;

/** How long the load balancer may take to find an instance unhealthy, in seconds: the last check may end by its time-out. */
export const UNHEALTHY_AFTER_SECONDS = HEALTH_CHECK.unhealthyThreshold * HEALTH_CHECK.interval + HEALTH_CHECK.timeout;
