import { FUNCTION_TIMEOUT_SECONDS } from '../../lib/deployment/function-name';
import type { State } from '../../lib/deployment/state-machine/model';
import { UNHEALTHY_AFTER_SECONDS } from '../../lib/health-check';
import { edges, pathsRead, writtenBefore } from './paths';
import { sampleDefinition } from './sample-definition';

// The package has no types.
const validate: (definition: object) => { isValid: boolean; errorsText: () => string } = require('asl-validator');

const STEPS = { database: true, afterPromotion: true, afterRollback: true };
const variants = [
  ['with every step', sampleDefinition({ steps: STEPS })],
  ['with a snapshot', sampleDefinition({ steps: STEPS, backupTarget: { kind: 'instance', identifier: 'db' } })],
  ['with a database alone', sampleDefinition({ steps: { ...STEPS, afterPromotion: false, afterRollback: false } })],
  ['with steps but no database', sampleDefinition({ steps: { ...STEPS, database: false } })],
  ['with build and bake', sampleDefinition()],
  ['without a build', sampleDefinition({ projectName: undefined })],
  ['without a bake', sampleDefinition({ hasBake: false })],
] as const;
const { States: states, StartAt } = sampleDefinition({ steps: STEPS });
const all = Object.entries(states);
const tasks = all.filter(([, state]) => state.Type === 'Task');
const functionTasks = tasks.filter(([, state]) => String(state.Resource).includes(':function:'));

interface Rule {
  readonly ErrorEquals: readonly string[];
  readonly Next?: string;
  readonly ResultPath?: string;
}
const rules = (state: State, field: 'Retry' | 'Catch') => state[field] as readonly Rule[];

test.each(variants)('asl-validator accepts the definition %s', (_, definition) => {
  const { isValid, errorsText } = validate(definition);
  expect(isValid ? '' : errorsText()).toBe('');
});

test.each(variants)('every state is reached and leads to a state, %s', (_, definition) => {
  const reached = [...writtenBefore(definition.States, definition.StartAt, []).keys()].sort();
  expect(reached).toEqual(Object.keys(definition.States).sort());
});

test('names are sentences that fit the console', () => {
  for (const [name] of all) expect(name).toMatch(/^[A-Z][A-Za-z, ]{5,78}\??$/);
});

test.each(tasks)('%s has a time-out, retries and a way out', (_, state) => {
  expect(state.TimeoutSeconds).toEqual(expect.any(Number));
  expect(rules(state, 'Retry').length).toBeGreaterThan(0);
  const catchers = rules(state, 'Catch');
  expect(catchers.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
  expect(catchers.slice(0, -1).flatMap((catcher) => catcher.ErrorEquals)).not.toContain('States.ALL');
  expect(rules(state, 'Retry').flatMap((retrier) => retrier.ErrorEquals)).not.toContain('States.ALL');
});

test.each(functionTasks)('%s retries what Lambda and throttled services say', (_, state) => {
  const names = rules(state, 'Retry').flatMap((retrier) => retrier.ErrorEquals);
  for (const name of [
    'Lambda.TooManyRequestsException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
  ]) {
    expect(names).toContain(name);
  }
  for (const name of ['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'SlowDown', 'States.Timeout'])
    expect(names).toContain(name);
});

test('functions are dead when their task times out, within 30 seconds', () => {
  expect(FUNCTION_TIMEOUT_SECONDS).toBeLessThanOrEqual(30);
  for (const [, state] of functionTasks) expect(state.TimeoutSeconds as number).toBeGreaterThan(FUNCTION_TIMEOUT_SECONDS);
});

test('a recovery waits longer than a function of the dead execution can live', () => {
  expect(states['Wait until no function of it runs'].Seconds as number).toBeGreaterThan(FUNCTION_TIMEOUT_SECONDS);
});

test('a wave proves itself longer than the load balancer may need to find an instance unhealthy', () => {
  expect(states['Let the wave prove itself'].Seconds as number).toBeGreaterThan(UNHEALTHY_AFTER_SECONDS);
});

test('functions and their results get no time but that of the context object', () => {
  for (const [, state] of functionTasks) {
    const parameters = state.Parameters as Record<string, unknown>;
    expect(parameters['now.$']).toBe('$$.State.EnteredTime');
    expect(parameters['execution.$']).toBe('$$.Execution.Id');
  }
});

test('every path that is read was written before on some way', () => {
  const initial = [
    'next',
    'request',
    'epoch',
    'activationEpoch',
    'release',
    'previous',
    'promotion',
    'deadExecution',
    'refusal',
    'outcome',
  ];
  const written = writtenBefore(states, StartAt, initial);
  const unwritten = all.flatMap(([name, state]) =>
    pathsRead(state)
      .map((path) => path.split('.')[1])
      .filter((field) => !written.get(name)?.has(field))
      .map((field) => `${name} reads $.${field}`),
  );
  expect(unwritten).toEqual([]);
});

test('from the pointers on, every failure leads to the canary leaving traffic', () => {
  const safe = ['Take canary out of traffic', 'Leave the rest to the recovery', 'Stop, because another execution has the lock'];
  const forward = reachable('Tell hosts that a deployment begins', 'Commit the release');
  const wrong = [...forward]
    .flatMap((name) => rules(states[name], 'Catch')?.map((catcher) => [name, catcher.Next, catcher.ResultPath]) ?? [])
    .filter(([, , path]) => path !== '$.onceError') // what comes after the promotion may fail
    .filter(([, next]) => !safe.includes(next as string));
  expect(forward.size).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

test.each([
  ['a database', states, 'What was done to the database?'],
  ['no database', sampleDefinition().States, 'Were instances switched?'],
])('with %s, a way back takes the canary out of traffic before anything else', (_, definition, first) => {
  expect(edges(definition['Take canary out of traffic']).map(({ next }) => next)).toContain(first);
  const before = Object.entries(definition).filter(([, state]) => edges(state).some(({ next }) => next === first));
  expect(before.map(([name]) => name).sort()).toEqual(['Take canary out of traffic', 'Was the release committed?']);
});

test('after the commit nothing leads back', () => {
  const after = reachable('Retire the canary', 'nothing');
  expect(after).not.toContain('Take canary out of traffic');
});

/** States on the way from one to another, by regular transitions and by errors, but not through the way back. */
function reachable(from: string, until: string): Set<string> {
  const seen = new Set<string>();
  const queue = [from];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name) || name === 'What was done to the database?') continue;
    if (name === 'Take canary out of traffic' && from !== 'Retire the canary') continue;
    seen.add(name);
    if (name !== until) queue.push(...edges(states[name]).map(({ next }) => next));
  }
  return seen;
}
