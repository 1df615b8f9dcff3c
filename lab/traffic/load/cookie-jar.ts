/** The cookies of one client on one site; dates are not looked at, since the site's clock is the lab's. */
export class CookieJar {
  private readonly cookies = new Map<string, string>();

  /** Takes the `Set-Cookie` values of an answer; secure ones are for HTTPS and left out, as browsers do. */
  take(setCookie: readonly string[] = []): void {
    for (const line of setCookie) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const lower = attributes.map((attribute) => attribute.toLowerCase());
      if (at < 1 || lower.includes('secure')) continue;
      if (lower.includes('max-age=0')) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  /** Value of the `Cookie` header; undefined where there is no cookie. */
  get header(): string | undefined {
    return this.cookies.size === 0 ? undefined : [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
