import type { Counts } from '../../lambda/core/judge/counts';
import { dispersion } from '../../lambda/core/judge/sequential/dispersion';
import { hasEffect } from '../../lambda/core/judge/sequential/effect';
import { mixture } from '../../lambda/core/judge/sequential/evidence';
import { fastGuard } from '../../lambda/core/judge/sequential/fast-guard';
import { logLikelihoodRatios } from '../../lambda/core/judge/sequential/likelihood';
import {
  ERROR_SETTINGS,
  evidenceLimit,
  LATENCY_TUNING,
  type SequentialSettings,
  SLOW95_SETTINGS,
  SLOW99_SETTINGS,
  TUNING,
  type Tuning,
} from '../../lambda/core/judge/sequential/settings';
import { MINUTES } from './scenario';
import type { Watch } from './watch';

/**
 * The product's judge, looking after each minute at all minutes so far: no settle delay, no warm-up, one metric.
 * The minutes' log-likelihood ratios do not depend on the look and are computed once; the rest is what `evidence` does.
 */
export class Ours {
  private readonly errors: LogRatios;
  private readonly slow: LogRatios;
  private readonly slowest: LogRatios;

  constructor(errorTuning: Tuning = TUNING, latencyTuning: Tuning = LATENCY_TUNING) {
    this.errors = new LogRatios(ERROR_SETTINGS, errorTuning);
    this.slow = new LogRatios(SLOW95_SETTINGS, latencyTuning);
    this.slowest = new LogRatios(SLOW99_SETTINGS, latencyTuning);
  }

  readonly judge = (watch: Watch): number => (watch.metric === 'errors' ? this.judgeErrors(watch.counts) : this.judgeLatency(watch));

  private judgeErrors(counts: Counts): number {
    const { errors } = this;
    const outage = fastGuard(counts, ERROR_SETTINGS.fastGuard!);
    const end = outage === undefined ? MINUTES : outage + 1;
    errors.compute(counts, end);
    for (let minutes = 1; minutes <= end; minutes++) {
      if (outage === minutes - 1) return minutes;
      if (hasEffect(counts, ERROR_SETTINGS, minutes) && errors.evidence(minutes) >= evidenceLimit(ERROR_SETTINGS)) return minutes;
    }
    return 0;
  }

  private judgeLatency({ counts, tail }: Watch): number {
    const { slow, slowest } = this;
    slow.compute(counts, MINUTES);
    slowest.compute(tail, MINUTES);
    for (let minutes = 1; minutes <= MINUTES; minutes++) {
      if (!hasEffect(counts, SLOW95_SETTINGS, minutes) && !hasEffect(tail, SLOW99_SETTINGS, minutes)) continue;
      if ((slow.evidence(minutes) + slowest.evidence(minutes)) / 2 >= evidenceLimit(SLOW95_SETTINGS)) return minutes;
    }
    return 0;
  }
}

/** The minutes' log-likelihood ratios of one metric. */
class LogRatios {
  private readonly values: Float64Array;
  private counts?: Counts;

  constructor(
    private readonly settings: SequentialSettings,
    private readonly tuning: Tuning,
  ) {
    this.values = new Float64Array(MINUTES * tuning.ratios.length);
  }

  compute(counts: Counts, minutes: number): void {
    this.counts = counts;
    logLikelihoodRatios(counts, 0, minutes, this.settings, this.tuning.ratios, this.values);
  }

  evidence(minutes: number): number {
    const { dispersionPrior, dispersionBurst } = this.tuning;
    const phi = dispersion(this.counts!, minutes, dispersionPrior, dispersionBurst);
    return mixture(this.values, minutes, phi, this.settings.horizonMinutes, this.tuning);
  }
}
