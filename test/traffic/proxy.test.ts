import type { Route } from '../../lab/services/elb/routing';
import { type FinishedRequest, LoadBalancerProxy } from '../../lab/traffic/proxy/load-balancer-proxy';
import { ask, closeTargets, freePort, type Handler, reset, startTarget } from './targets';

let proxy: LoadBalancerProxy;
let finished: FinishedRequest[];
let seen: { path: string; headers: Record<string, string> }[];

afterEach(async () => {
  await proxy.stop();
  await closeTargets();
});

/** A proxy that forwards everything to one port, or answers as told. */
async function front(
  route: number | Route | (() => Route),
  options: { idleTimeoutSeconds?: number; gone?: boolean } = {},
): Promise<string> {
  finished = [];
  seen = [];
  const decide = typeof route === 'function' ? route : () => (typeof route === 'number' ? forward(route) : route);
  proxy = new LoadBalancerProxy({
    route: (request) => {
      seen.push(request);
      return decide();
    },
    addressOf: () => (options.gone ? undefined : '127.0.0.1'),
    onFinished: (request) => finished.push(request),
    idleTimeoutSeconds: options.idleTimeoutSeconds,
  });
  return proxy.start();
}

function forward(port: number, setCookie?: string[]): Route {
  return { kind: 'forward', targetGroupArn: 'arn:stable', instanceId: 'i-1', port, setCookie };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const echo: Handler = (incoming, outgoing) => {
  let body = '';
  incoming.on('data', (chunk) => (body += chunk));
  incoming.on('end', () => {
    outgoing.writeHead(201, { 'x-release': 'v1', 'set-cookie': 'mine=1' });
    outgoing.end(JSON.stringify({ method: incoming.method, url: incoming.url, headers: incoming.headers, body }));
  });
};

test('a request reaches the target as it is, and the answer comes back with the cookie of the load balancer', async () => {
  const url = await front(forward(await startTarget(echo), ['AWSALBTG=x; Path=/']));
  const { status, text, headers } = await ask(`${url}/a?b=c`, {
    method: 'POST',
    headers: { host: 'shop.example', cookie: 'k=v', te: 'trailers' },
    body: 'hello',
  });
  expect(status).toBe(201);
  expect(JSON.parse(text)).toMatchObject({
    method: 'POST',
    url: '/a?b=c',
    body: 'hello',
    headers: { host: 'shop.example', cookie: 'k=v', 'x-forwarded-for': '127.0.0.1' },
  });
  expect(JSON.parse(text).headers).not.toHaveProperty('te');
  expect(headers).toMatchObject({ 'x-release': 'v1', 'set-cookie': ['mine=1', 'AWSALBTG=x; Path=/'] });
  expect(seen).toEqual([{ path: '/a?b=c', headers: expect.objectContaining({ cookie: 'k=v', host: 'shop.example' }) }]);
  expect(finished).toEqual([
    { targetGroupArn: 'arn:stable', instanceId: 'i-1', status: 201, seconds: expect.any(Number), connectionError: false },
  ]);
});

test('an answer of the load balancer itself is no request of a target', async () => {
  const url = await front({ kind: 'fixed', status: 503, body: 'nobody', contentType: 'text/plain' });
  expect(await ask(url)).toMatchObject({ status: 503, text: 'nobody', headers: { 'content-type': 'text/plain' } });
  expect(finished).toEqual([]);
});

test('where no connection comes about, the client gets 502 and a connection error is told', async () => {
  const url = await front(await freePort());
  expect((await ask(url)).status).toBe(502);
  expect(finished).toMatchObject([{ status: undefined, connectionError: true }]);
});

test('where the instance is gone, the client gets 502', async () => {
  const url = await front(1, { gone: true });
  expect((await ask(url)).status).toBe(502);
  expect(finished).toMatchObject([{ status: undefined, connectionError: true }]);
});

test('a target that hangs up is asked once, and the client gets 502', async () => {
  let asked = 0;
  const port = await startTarget((incoming) => {
    asked++;
    reset(incoming.socket);
  });
  const url = await front(port);
  expect((await ask(url)).status).toBe(502);
  expect(asked).toBe(1);
  expect(finished).toMatchObject([{ status: undefined, connectionError: false }]);
});

test('a target that hangs up in the middle of its answer cuts the client off', async () => {
  const port = await startTarget((incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-length': '100' });
    outgoing.write('half');
    setTimeout(() => reset(incoming.socket), 50);
  });
  const url = await front(port);
  await expect(ask(url)).rejects.toThrow();
  expect(finished).toMatchObject([{ status: 200 }]);
  expect(proxy.inFlight('i-1')).toBe(0);
});

test('a target that is silent for too long makes 504', async () => {
  const url = await front(await startTarget(() => {}), { idleTimeoutSeconds: 0.2 });
  const started = Date.now();
  expect((await ask(url)).status).toBe(504);
  expect(Date.now() - started).toBeGreaterThanOrEqual(190);
  expect(finished).toMatchObject([{ status: undefined, connectionError: false }]);
});

test('a client that goes away takes its request with it', async () => {
  const url = await front(await startTarget(() => {}));
  const asked = ask(url, { headers: { 'x-timeout': '1' } }).catch(() => undefined);
  while (proxy.inFlight('i-1') === 0) await sleep(5);
  await proxy.stop();
  await asked;
  while (proxy.inFlight('i-1') > 0) await sleep(5);
  expect(finished).toMatchObject([{ status: undefined }]);
});

test('response times are those of the first byte', async () => {
  const port = await startTarget((_, outgoing) => {
    setTimeout(() => outgoing.write('a'), 100);
    setTimeout(() => outgoing.end('b'), 400);
  });
  expect((await ask(await front(port))).text).toBe('ab');
  expect(finished[0].seconds).toBeGreaterThan(0.09);
  expect(finished[0].seconds).toBeLessThan(0.35);
});

test('draining waits for what is under way and for nothing else', async () => {
  const waiting: (() => void)[] = [];
  const port = await startTarget((_, outgoing) => void waiting.push(() => outgoing.end('late')));
  const url = await front(port);
  await proxy.drained('i-1');
  const answers = [ask(url), ask(url)];
  while (waiting.length < 2) await sleep(5);
  expect(proxy.inFlight('i-1')).toBe(2);
  let drained = false;
  const all = proxy.drained('i-1').then(() => (drained = true));
  waiting[0]();
  await answers[0];
  expect(drained).toBe(false);
  waiting[1]();
  expect((await answers[1]).text).toBe('late');
  await all;
  expect(proxy.inFlight('i-1')).toBe(0);
});

test('connections to a target are used again', async () => {
  const ports = new Set<number | undefined>();
  const port = await startTarget((incoming, outgoing) => {
    ports.add(incoming.socket.remotePort);
    outgoing.end();
  }, 5000);
  const url = await front(port);
  for (let i = 0; i < 5; i++) await ask(url);
  expect(ports.size).toBe(1);
});

test.each([
  [1000, 12],
  [60_000, 1],
])('an idle connection is used again only while the target is sure to keep it: %i ms', async (keepAliveMs, expected) => {
  const connections = new Set<object>();
  const port = await startTarget((incoming, outgoing) => {
    connections.add(incoming.socket);
    outgoing.end('ok');
  }, keepAliveMs);
  const url = await front(port);
  for (let i = 0; i < 12; i++) {
    await sleep(20);
    expect((await ask(url)).status).toBe(200);
  }
  expect(connections.size).toBe(expected);
});
