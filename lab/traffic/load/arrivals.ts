import type { Random } from '../../kernel/random';

/** Sends `count` requests, each at its time, whatever became of those before: an open loop. Times are real milliseconds. */
export class Arrivals {
  private timer: NodeJS.Timeout | undefined;
  private left: number;
  private due: number;

  constructor(
    private readonly perSecond: number,
    private readonly kind: 'poisson' | 'constant',
    count: number,
    private readonly random: Random,
    private readonly send: (due: number) => void,
    private readonly onLast: () => void,
  ) {
    if (!(perSecond > 0)) throw new RangeError(`'requestsPerSecond' must be above 0, got ${perSecond}`);
    this.left = count;
    this.due = performance.now();
  }

  start(): void {
    const now = performance.now();
    while (this.left > 0 && this.due <= now) {
      this.send(this.due);
      this.left--;
      this.due += this.gap();
    }
    if (this.left > 0) this.timer = setTimeout(() => this.start(), this.due - now);
    else this.onLast();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.left = 0;
  }

  private gap(): number {
    const mean = 1000 / this.perSecond;
    return this.kind === 'constant' ? mean : -Math.log(1 - this.random.next()) * mean;
  }
}
