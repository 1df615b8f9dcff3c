/** A browser: it keeps its cookies, and follows no redirect by itself. */
export class Shopper {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly url: string) {}

  async ask(route: string): Promise<{ readonly status: number; readonly body: string; readonly release: string }> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${this.url}${route}`, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      this.cookies.set(name, value);
    }
    return { status: answer.status, body: await answer.text(), release: answer.headers.get('x-release') ?? '' };
  }

  /** Products in the cart, as its page shows them. */
  async cart(): Promise<number> {
    const { status, body } = await this.ask('/cart');
    if (status !== 200) throw new Error(`the cart answered ${status}`);
    return body.match(/<li>/g)?.length ?? 0;
  }

  /** Forgets what keeps it to a group of the load balancer, not its session. */
  forgetGroup(): void {
    for (const name of [...this.cookies.keys()]) if (name.startsWith('AWSALB')) this.cookies.delete(name);
  }
}

/** Paths of the static files that a page names. */
export function staticFilesOf(page: string): string[] {
  return [...page.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, route]) => route);
}
