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
import { COMPARED, type Setting } from './setting';
import type { Watch } from './watch';

/**
 * The product's judge, looking after each minute at all minutes that its setting lets it judge.
 * The minutes' log-likelihood ratios do not depend on the look and are computed once; the rest is what `evidence` does.
 */
export class Ours {
  private readonly errors: Metric;
  private readonly slow: Metric;
  private readonly slowest: Metric;

  constructor(
    private readonly setting: Setting = COMPARED,
    errorTuning: Tuning = TUNING,
    latencyTuning: Tuning = LATENCY_TUNING,
  ) {
    const { metrics, horizonMinutes } = setting;
    const set = (settings: SequentialSettings) => ({ ...settings, metrics, horizonMinutes });
    this.errors = new Metric(set(ERROR_SETTINGS), errorTuning, setting);
    this.slow = new Metric(set(SLOW95_SETTINGS), latencyTuning, setting);
    this.slowest = new Metric(set(SLOW99_SETTINGS), latencyTuning, setting);
  }

  readonly judge = (watch: Watch): number => (watch.metric === 'errors' ? this.judgeErrors(watch.counts) : this.judgeLatency(watch));

  private judgeErrors(counts: Counts): number {
    const { errors, setting } = this;
    const outage = fastGuard(counts, ERROR_SETTINGS.fastGuard!, 0, setting.watchMinutes);
    errors.read(counts, outage ?? setting.watchMinutes);
    for (let minutes = 1; minutes <= setting.watchMinutes; minutes++) {
      if (outage === minutes - 1) return minutes;
      if (errors.matters(minutes) && errors.evidence(minutes) >= errors.limit) return minutes;
    }
    return 0;
  }

  private judgeLatency({ counts, tail }: Watch): number {
    const { slow, slowest, setting } = this;
    slow.read(counts, setting.watchMinutes);
    slowest.read(tail, setting.watchMinutes);
    for (let minutes = 1; minutes <= setting.watchMinutes; minutes++) {
      if (!slow.matters(minutes) && !slowest.matters(minutes)) continue;
      if ((slow.evidence(minutes) + slowest.evidence(minutes)) / 2 >= slow.limit) return minutes;
    }
    return 0;
  }
}

/** One pair of counts under test. Every method is given the minutes that have passed since the canary first got traffic. */
class Metric {
  readonly limit: number;
  private readonly logRatios: Float64Array;
  private counts?: Counts;

  constructor(
    private readonly settings: SequentialSettings,
    private readonly tuning: Tuning,
    private readonly setting: Setting,
  ) {
    this.limit = evidenceLimit(settings);
    this.logRatios = new Float64Array(setting.watchMinutes * tuning.ratios.length);
  }

  read(counts: Counts, minutes: number): void {
    this.counts = judgedPart(counts, this.setting.warmUpMinutes);
    logLikelihoodRatios(this.counts, 0, this.judged(minutes), this.settings, this.tuning.ratios, this.logRatios);
  }

  matters(minutes: number): boolean {
    return hasEffect(this.counts!, this.settings, this.judged(minutes));
  }

  evidence(minutes: number): number {
    const { dispersionPrior, dispersionBurst } = this.tuning;
    const judged = this.judged(minutes);
    const phi = dispersion(this.counts!, judged, dispersionPrior, dispersionBurst);
    return mixture(this.logRatios, judged, phi, this.settings.horizonMinutes, this.tuning);
  }

  private judged(minutes: number): number {
    return Math.max(0, minutes - this.setting.warmUpMinutes - this.setting.settleMinutes);
  }
}

function judgedPart({ minutes, stableRequests, stableBad, canaryRequests, canaryBad }: Counts, from: number): Counts {
  return {
    minutes: minutes - from,
    stableRequests: stableRequests.subarray(from),
    stableBad: stableBad.subarray(from),
    canaryRequests: canaryRequests.subarray(from),
    canaryBad: canaryBad.subarray(from),
  };
}
