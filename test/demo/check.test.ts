import { checkDemo } from '../../bin/demo/check';
import type { DemoFacts } from '../../bin/demo/facts';
import { reportLines } from '../../bin/demo/report';

const FLOOR = { requests: 20_000, perSecond: 300 };

const GOOD: DemoFacts = {
  deployments: [
    { tag: 'v1', expected: 'promoted', exitCode: 0, verdict: 'promoted', release: 'v1-a', cause: 'bootstrap', seconds: 5, badResponses: 0 },
    { tag: 'v2', expected: 'promoted', exitCode: 0, verdict: 'promoted', release: 'v2-a', cause: 'passed', seconds: 20, badResponses: 0 },
    {
      tag: 'v3',
      expected: 'rolledBack',
      exitCode: 1,
      verdict: 'rolledBack',
      release: 'v3-a',
      cause: 'error rate 8.1 % (30 of 370), above 5 %',
      seconds: 12,
      badResponses: 31,
      rollback: { seconds: 0.2, transitions: 3, apiCalls: 4 },
    },
  ],
  traffic: { sent: 21_000, seconds: 50, otherFailures: { timeout: 0 } },
  instances: { 'i-1': 'v2-a', 'i-2': 'v2-a' },
};

/** The good facts with one deployment changed. */
function changed(tag: string, change: Partial<DemoFacts['deployments'][number]>): DemoFacts {
  return { ...GOOD, deployments: GOOD.deployments.map((one) => (one.tag === tag ? { ...one, ...change } : one)) };
}

test('a demo in which all is as it should be has no problem', () => {
  expect(checkDemo(GOOD, FLOOR)).toEqual([]);
});

test.each<[string, DemoFacts, RegExp]>([
  [
    'v2 is refused',
    { ...changed('v2', { verdict: 'refused', exitCode: 2, release: '', cause: 'too little traffic' }), instances: { 'i-1': 'v1-a' } },
    /^v2 should be promoted, but is refused: too little traffic$/,
  ],
  ['the command exits wrongly', changed('v3', { exitCode: 0 }), /deployed v3 should exit with 1 when it is rolledBack, but exited with 0/],
  ['a good release serves errors', changed('v2', { badResponses: 2 }), /v2 should serve no bad response, but served 2/],
  ['a roll-back without a bad response', changed('v3', { badResponses: 0 }), /without one bad response/],
  ['a cause without figures', changed('v3', { cause: 'it failed' }), /names no figures/],
  ['a request is reset', { ...GOOD, traffic: { ...GOOD.traffic, otherFailures: { ECONNRESET: 1 } } }, /1 requests failed .*ECONNRESET/],
  ['too few requests', { ...GOOD, traffic: { ...GOOD.traffic, sent: 19_999 } }, /only 19999 were/],
  ['too slow a load', { ...GOOD, traffic: { ...GOOD.traffic, seconds: 100 } }, /only 210 were/],
  [
    'a rule that is never written',
    changed('v3', { rollback: { seconds: Number.POSITIVE_INFINITY, transitions: 2, apiCalls: 0 } }),
    /the rule was never written after the verdict on v3/,
  ],
  ['an instance keeps v1', { ...GOOD, instances: { 'i-1': 'v2-a', 'i-2': 'v1-a' } }, /i-2 should run v2-a, but runs v1-a/],
  ['no instance is left', { ...GOOD, instances: {} }, /no stable instance/],
])('%s is a problem', (_name, facts, problem) => {
  expect(checkDemo(facts, FLOOR)).toEqual([expect.stringMatching(problem)]);
});

test('a v3 that is promoted is one problem, which says what the demo needs', () => {
  const facts = changed('v3', {
    verdict: 'promoted',
    exitCode: 0,
    cause: 'v3-a is on every instance',
    badResponses: 0,
    rollback: undefined,
  });
  expect(checkDemo({ ...facts, traffic: { ...GOOD.traffic, sent: 19_000 }, instances: { 'i-1': 'v3-a' } }, FLOOR)).toEqual([
    'v3 should be rolledBack, but is promoted: it served 0 bad responses, and the demo needs a v3 that answers some requests with 5xx',
  ]);
});

test('a v1 that is rolled back is one problem, and instances run the placeholder', () => {
  const [v1] = changed('v1', { verdict: 'rolledBack', exitCode: 1, cause: 'it does not answer', badResponses: 30 }).deployments;
  const facts = { deployments: [v1], traffic: { ...GOOD.traffic, sent: 4_000, seconds: 10 }, instances: { 'i-1': 'placeholder' } };
  expect(checkDemo(facts, FLOOR)).toEqual(['v1 should be promoted, but is rolledBack: it does not answer']);
});

test('the report shows the seconds, transitions and calls of a roll-back, the causes and each instance', () => {
  const text = reportLines(GOOD).join('\n');
  expect(text).toMatch(/^v2-a +promoted +20\.0 +0$/m);
  expect(text).toMatch(/^v3-a +rolledBack +12\.0 +31 +0\.20 s, 3 transitions, 4 API calls$/m);
  expect(text).toContain('\n  v3  error rate 8.1 % (30 of 370), above 5 %\n');
  expect(text).toContain('21,000 requests in 50.0 s, 420 a second\nrequests that failed for any other reason: 0\n');
  expect(text).toContain('\n  i-2  v2-a\n');
});

test('a long cause is broken between words', () => {
  const lines = reportLines(changed('v3', { cause: 'word '.repeat(60).trim() }));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  expect(lines.join(' ').match(/word/g)).toHaveLength(60);
});
