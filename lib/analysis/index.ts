export * from './analysis';
export { type BadOfTotalProps, CustomMetric, type CustomMetricOptions, type GroupMetrics, type MustNotFallProps } from './custom-metric';
export * from './policies';
export type { SmallestEffect } from './smallest-effect';
export type { ErrorRateThreshold, LatencyThreshold, ThresholdOptions } from './thresholds';
