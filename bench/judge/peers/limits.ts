/** The fixed limit that an operator would set: 1 % errors, or a 95th percentile of 0.3 s (1.4 times what the healthy service has). */
export const LIMITS = { errors: 0.01, latency: 0.3 } as const;
