import { Agent, type IncomingMessage, request } from 'node:http';
import { Random } from '../../kernel/random';
import { Arrivals } from './arrivals';
import { CookieJar } from './cookie-jar';
import { LoadCounter } from './load-count';
import type { LoadOptions, LoadTotals, SecondReport } from './messages';

/** Idle time after which a client closes its connection, in milliseconds: well before the load balancer would. */
const KEEP_MS = 4000;

/** Sends requests at their own pace and counts what comes back; no request is sent twice. */
export class Generator {
  private readonly random: Random;
  private readonly jars: CookieJar[];
  private readonly all = new LoadCounter();
  private readonly agent = new Agent({ keepAlive: true, timeout: KEEP_MS });
  private readonly arrivals: Arrivals;
  private readonly target: URL;
  private readonly startedAt = performance.now();
  private lastSentAt = performance.now();
  private current = new LoadCounter();
  private second = 0;
  private underWay = 0;
  private stopping = false;
  private ticker: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: LoadOptions,
    private readonly onSecond: (report: SecondReport, totals: LoadTotals) => void,
    private readonly onDone: (totals: LoadTotals) => void,
  ) {
    const { url, requestsPerSecond, arrivals = 'poisson', total = Number.POSITIVE_INFINITY, seed = 1, returning } = options;
    this.target = new URL(url);
    this.random = new Random(seed);
    this.jars = Array.from({ length: returning?.clients ?? 0 }, () => new CookieJar());
    this.arrivals = new Arrivals(
      requestsPerSecond,
      arrivals,
      total,
      this.random,
      (due) => this.send(due),
      () => this.stop(),
    );
  }

  start(): void {
    this.ticker = setInterval(() => this.tick(), 1000);
    this.arrivals.start();
  }

  /** Sends nothing more, and is done when every request is over. */
  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.arrivals.stop();
    this.finishIfIdle();
  }

  private send(due: number): void {
    const { paths = ['/'], headers = {}, timeoutSeconds = 10, returning } = this.options;
    const jar =
      returning !== undefined && this.random.next() < returning.share ? this.jars[this.random.below(this.jars.length)] : undefined;
    const cookie = jar?.header;
    this.lastSentAt = performance.now();
    this.underWay++;
    this.count((counter) => counter.send());
    const outgoing = request({
      host: this.target.hostname,
      port: this.target.port,
      path: paths[paths.length === 1 ? 0 : this.random.below(paths.length)],
      agent: this.agent,
      headers: cookie === undefined ? headers : { ...headers, cookie },
    });
    let over = false;
    const end = (note: (counter: LoadCounter) => void) => {
      if (over) return;
      over = true;
      clearTimeout(limit);
      this.count(note);
      this.underWay--;
      this.finishIfIdle();
    };
    const limit = setTimeout(() => {
      end((counter) => counter.fail('timeout'));
      outgoing.destroy();
    }, timeoutSeconds * 1000);
    const fail = (error: NodeJS.ErrnoException) => end((counter) => counter.fail(error.code ?? error.message));
    outgoing.once('error', fail);
    outgoing.once('response', (answer: IncomingMessage) => {
      jar?.take(answer.headers['set-cookie']);
      answer.resume();
      answer.once('error', fail);
      answer.once('end', () => {
        const release = String(answer.headers['x-release'] ?? '');
        const milliseconds = performance.now() - due;
        end((counter) => counter.answer(release, answer.statusCode ?? 0, milliseconds));
      });
    });
    outgoing.end();
  }

  private count(note: (counter: LoadCounter) => void): void {
    note(this.all);
    note(this.current);
  }

  private tick(): void {
    this.onSecond({ second: this.second++, ...this.current.count }, this.totals);
    this.current = new LoadCounter();
  }

  private get totals(): LoadTotals {
    return { ...this.all.count, seconds: (this.lastSentAt - this.startedAt) / 1000 };
  }

  private finishIfIdle(): void {
    if (!this.stopping || this.underWay > 0 || this.ticker === undefined) return;
    clearInterval(this.ticker);
    this.ticker = undefined;
    this.tick();
    this.agent.destroy();
    this.onDone(this.totals);
  }
}
