import http from 'node:http';
import type { PhpInstance } from './php-instance';

/** One answer, in milliseconds of `performance.now()`. */
export interface Answer {
  readonly instance: PhpInstance;
  readonly sent: number;
  readonly took: number;
  readonly status: number;
  readonly page: string;
}

/** Clients that ask for pages without a pause, each over a connection of its own, until they are stopped. */
export class Load {
  readonly answers: Answer[] = [];
  private readonly clients: Promise<void>[];
  private running = true;

  constructor(
    private readonly instances: readonly PhpInstance[],
    connections = 12,
  ) {
    this.clients = Array.from({ length: connections }, (_, n) => this.client(n));
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.clients);
  }

  /** Answers to requests that were sent within a span. */
  sentIn(from: number, to: number): Answer[] {
    return this.answers.filter(({ sent }) => sent >= from && sent < to);
  }

  private async client(n: number): Promise<void> {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const instance = this.instances[n % this.instances.length];
    while (this.running) {
      const sent = performance.now();
      const { status, page } = await get(`${instance.url}/`, agent);
      this.answers.push({ instance, sent, took: performance.now() - sent, status, page });
    }
    agent.destroy();
  }
}

/** Status 0 stands for a connection that failed. */
function get(url: string, agent: http.Agent): Promise<{ status: number; page: string }> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent }, (response) => {
      let page = '';
      response.on('data', (chunk) => {
        page += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, page }));
      response.on('error', (error) => resolve({ status: 0, page: error.message }));
    });
    request.on('error', (error) => resolve({ status: 0, page: error.message }));
  });
}

/** The largest value of all but the slowest part. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
