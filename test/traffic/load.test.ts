import { CookieJar } from '../../lab/traffic/load/cookie-jar';
import { LatencyHistogram } from '../../lab/traffic/load/latency-histogram';
import { LoadGenerator } from '../../lab/traffic/load/load-generator';
import type { SecondReport } from '../../lab/traffic/load/messages';
import { closeTargets, freePort, reset, startTarget } from './targets';

const generators: LoadGenerator[] = [];

afterEach(async () => {
  for (const generator of generators.splice(0)) await generator.stop();
  await closeTargets();
});

async function start(...args: Parameters<typeof LoadGenerator.start>): Promise<LoadGenerator> {
  const generator = await LoadGenerator.start(...args);
  generators.push(generator);
  return generator;
}

const url = (port: number) => `http://127.0.0.1:${port}`;

test('so many requests are sent at the pace that was asked for, and answers are counted by release and status', async () => {
  let asked = 0;
  const port = await startTarget((_, outgoing) => {
    asked++;
    const bad = asked % 10 === 0;
    outgoing.writeHead(bad ? 500 : 200, { 'x-release': asked % 2 === 0 ? 'v2' : 'v1' }).end('x');
  });
  const seconds: SecondReport[] = [];
  const generator = await start({ url: url(port), requestsPerSecond: 200, total: 300, arrivals: 'constant' }, (report) =>
    seconds.push(report),
  );
  const totals = await generator.done;
  expect(asked).toBe(300);
  expect(totals).toMatchObject({ sent: 300, answers: { v1: { 200: 150 }, v2: { 200: 120, 500: 30 } }, failures: {} });
  expect(totals.seconds).toBeGreaterThan(1.4);
  expect(totals.seconds).toBeLessThan(2.5);
  expect(seconds.reduce((sum, { sent }) => sum + sent, 0)).toBe(300);
  expect(seconds[0].sent).toBeGreaterThan(150);
  expect(totals.latency.p50).toBeGreaterThan(0);
  expect(totals.latency.max).toBeGreaterThanOrEqual(totals.latency.p99);
});

test('the loop is open: slow answers do not slow the requests down', async () => {
  const port = await startTarget((_, outgoing) => void setTimeout(() => outgoing.end(), 1000));
  const totals = await (await start({ url: url(port), requestsPerSecond: 100, total: 100 })).done;
  expect(totals.seconds).toBeLessThan(2.5);
  expect(totals.latency.p50).toBeGreaterThan(900);
});

test('failures are counted by kind, and no request is sent again', async () => {
  let asked = 0;
  const port = await startTarget((incoming, outgoing) => {
    asked++;
    if (incoming.url === '/reset') reset(incoming.socket);
    else if (incoming.url === '/half') {
      outgoing.writeHead(200, { 'content-length': '10' });
      outgoing.write('half', () => reset(incoming.socket));
    }
  });
  const totals = await (
    await start({ url: url(port), requestsPerSecond: 200, total: 90, paths: ['/reset', '/half', '/silent'], timeoutSeconds: 0.5 })
  ).done;
  expect(asked).toBe(90);
  expect(Object.keys(totals.failures).sort()).toEqual(['ECONNRESET', 'timeout']);
  expect(totals.failures.ECONNRESET + totals.failures.timeout).toBe(90);
  expect(totals.answers).toEqual({});
  const refused = await (await start({ url: url(await freePort()), requestsPerSecond: 100, total: 10 })).done;
  expect(refused).toMatchObject({ sent: 10, failures: { ECONNREFUSED: 10 } });
});

test('stop lets what is under way finish', async () => {
  const port = await startTarget((_, outgoing) => void setTimeout(() => outgoing.end(), 300));
  const generator = await start({ url: url(port), requestsPerSecond: 100 });
  await new Promise((resolve) => setTimeout(resolve, 600));
  const totals = await generator.stop();
  expect(totals.failures).toEqual({});
  expect(totals.answers['']['200']).toBe(totals.sent);
  expect(totals.sent).toBeGreaterThan(20);
});

test('returning clients keep their cookies, the others have none', async () => {
  let given = 0;
  const counts: Record<string, number> = {};
  const port = await startTarget((incoming, outgoing) => {
    const cookie = incoming.headers.cookie ?? '';
    counts[cookie] = (counts[cookie] ?? 0) + 1;
    outgoing.writeHead(200, { 'set-cookie': [`id=${given++}; Path=/`, 'secure=1; Secure'] }).end();
  });
  await (await start({ url: url(port), requestsPerSecond: 100, total: 150, arrivals: 'constant', returning: { clients: 3, share: 0.5 } }))
    .done;
  expect(counts['']).toBeGreaterThan(50);
  expect(counts['']).toBeLessThan(110);
  expect(Object.keys(counts).every((cookie) => /^(id=\d+)?$/.test(cookie))).toBe(true);
});

test.each([
  ["'requestsPerSecond' must be above 0, got 0", { requestsPerSecond: 0 }],
  ["'returning' must have at least one client", { requestsPerSecond: 1, returning: { clients: 0, share: 0.5 } }],
])('what makes no sense is refused: %s', async (message, options) => {
  await expect(LoadGenerator.start({ url: 'http://127.0.0.1:1', ...options })).rejects.toThrow(message);
});

test('a cookie jar replaces and deletes', () => {
  const jar = new CookieJar();
  expect(jar.header).toBeUndefined();
  jar.take(['a=1; Path=/', 'b=x=y; Secure', 'c=3']);
  jar.take(['a=2', 'c=; Max-Age=0']);
  expect(jar.header).toBe('a=2');
});

test('percentiles are right within two percent', () => {
  const histogram = new LatencyHistogram();
  for (let i = 1; i <= 1000; i++) histogram.record(i);
  expect(histogram.percentile(0.5)).toBeGreaterThanOrEqual(500);
  expect(histogram.percentile(0.5)).toBeLessThan(511);
  expect(histogram.percentile(0.99)).toBeLessThan(1010);
  expect(histogram.percentile(1)).toBe(1000);
  expect(new LatencyHistogram().percentile(0.5)).toBe(0);
});
