/** A client that keeps the cookies of the load balancer, as a browser does. */
export class CookieClient {
  private readonly jar = new Map<string, { readonly value: string; readonly expires: number }>();

  /** Value of the `Cookie` header; undefined where the client has none that is still good. */
  header(now: number): string | undefined {
    for (const [name, { expires }] of this.jar) if (expires <= now) this.jar.delete(name);
    return this.jar.size === 0 ? undefined : [...this.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
  }

  /** Takes in `Set-Cookie` values. Those with `Secure` are left out: clients of the lab use plain HTTP. */
  keep(setCookie: readonly string[]): void {
    for (const line of setCookie) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim());
      if (attributes.includes('Secure')) continue;
      const expires = attributes.find((attribute) => attribute.startsWith('Expires='))?.slice('Expires='.length);
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      this.jar.set(name, { value, expires: expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires) });
    }
  }
}
