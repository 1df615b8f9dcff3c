import { DefinitionError } from '../../lab/states/failure';
import { loadDefinition } from '../../lab/states/load';
import { pass, task } from './harness';

function load(definition: object): void {
  loadDefinition(JSON.stringify(definition), (resource) => {
    if (resource === 'unknown') throw new DefinitionError(`the lab does not support the resource '${resource}'`);
    return { events: { kind: 'function' }, run: async () => null };
  });
}

const state = (fields: object) => ({ StartAt: 'S', States: { S: fields } });

test.each<[string, object, RegExp]>([
  [
    'another query language',
    { ...pass({}), QueryLanguage: 'JSONata' },
    /the definition: 'QueryLanguage' must be 'JSONPath', got "JSONata"/,
  ],
  ['another version', { ...pass({}), Version: '2.0' }, /'Version' must be '1.0', got "2.0"/],
  ['an unknown field of the machine', { ...pass({}), Extra: 1 }, /the definition: the lab does not support the field 'Extra'/],
  ['an unknown field of a state', pass({ Assign: {} }), /state 'P': the lab does not support the field 'Assign'/],
  ['heartbeats', task('x', { HeartbeatSeconds: 5 }), /state 'T': the lab does not support the field 'HeartbeatSeconds'/],
  ['Map', state({ Type: 'Map' }), /state 'S': the lab does not support states of 'Type' 'Map'/],
  ['an unknown resource', task('unknown'), /state 'T': 'Resource': the lab does not support the resource 'unknown'/],
  ['a missing target', state({ Type: 'Pass', Next: 'Nowhere' }), /state 'S' leads to 'Nowhere'/],
  ['a missing start', { StartAt: 'X', States: { S: { Type: 'Succeed' } } }, /'StartAt' of the definition leads to 'X'/],
  [
    'a state that cannot be reached',
    { StartAt: 'S', States: { S: { Type: 'Succeed' }, L: { Type: 'Succeed' } } },
    /state 'L' cannot be reached/,
  ],
  ['neither Next nor End', state({ Type: 'Pass' }), /state 'S': 'Next' must be given, or 'End', but not both/],
  ['Next and End', state({ Type: 'Pass', Next: 'S', End: true }), /but not both/],
  [
    'two ways to wait',
    state({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true }),
    /'Seconds' must be given, or one of/,
  ],
  ['a wait below 0', state({ Type: 'Wait', Seconds: -1, End: true }), /'Seconds' must be a whole number from 0 to 99999999, got -1/],
  ['a filter', pass({ InputPath: '$.a[?(@.b)]' }), /state 'P': 'InputPath': the lab does not support filters/],
  ['a broken path', pass({ InputPath: '$.a[' }), /does not understand the path '\$.a\['/],
  ['a path without $', pass({ InputPath: 'a.b' }), /a path must start with \$, got 'a.b'/],
  ['a ResultPath with a wildcard', pass({ ResultPath: '$.a[*]' }), /'ResultPath': must be a reference path/],
  ['a ResultPath into the context', pass({ ResultPath: '$$.State' }), /'ResultPath': must be a reference path/],
  ['a task token', pass({ Parameters: { 't.$': '$$.Task.Token' } }), /the lab's context object has no '\$\$.Task.Token'/],
  ['a misspelt context field', pass({ Parameters: { 't.$': '$$.Execution.StartDate' } }), /has no '\$\$.Execution.StartDate'/],
  ['a template without a path', pass({ Parameters: { 't.$': 'text' } }), /'t.\$' must be a path or an intrinsic function, got 'text'/],
  ['a field twice', pass({ Parameters: { 't.$': '$', t: 1 } }), /'t' stands twice/],
  ['an unknown intrinsic', pass({ Parameters: { 't.$': 'States.Fomat($)' } }), /has no intrinsic function States.Fomat/],
  ['too few arguments', pass({ Parameters: { 't.$': 'States.MathAdd(1)' } }), /States.MathAdd takes 2 arguments, got 1/],
  ['an unclosed intrinsic', pass({ Parameters: { 't.$': "States.Format('a'" } }), /is not a valid intrinsic function/],
  [
    'an unknown choice operator',
    state({ Type: 'Choice', Choices: [{ Variable: '$', StringIs: 'x', Next: 'S' }] }),
    /has no choice operator 'StringIs'/,
  ],
  ['a choice without operator', state({ Type: 'Choice', Choices: [{ Variable: '$', Next: 'S' }] }), /exactly one operator, got none/],
  [
    'a comparison of the wrong type',
    state({ Type: 'Choice', Choices: [{ Variable: '$', NumericEquals: '1', Next: 'S' }] }),
    /'NumericEquals' cannot compare with "1"/,
  ],
  [
    'Next in a nested rule',
    state({ Type: 'Choice', Choices: [{ Not: { Variable: '$', IsNull: true, Next: 'S' }, Next: 'S' }] }),
    /inside 'Not' must not have 'Next'/,
  ],
  [
    'States.ALL among others',
    task('x', { Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] }),
    /state 'T': 'Retry': 'States.ALL' must stand alone/,
  ],
  [
    'States.ALL before others',
    task('x', {
      Catch: [
        { ErrorEquals: ['States.ALL'], Next: 'D' },
        { ErrorEquals: ['E'], Next: 'D' },
      ],
    }),
    /'Catch': 'States.ALL' must stand in the last entry/,
  ],
  [
    'a backoff below 1',
    task('x', { Retry: [{ ErrorEquals: ['E'], BackoffRate: 0.5 }] }),
    /'BackoffRate' must be a number of at least 1, got 0.5/,
  ],
  [
    'an unknown jitter',
    task('x', { Retry: [{ ErrorEquals: ['E'], JitterStrategy: 'HALF' }] }),
    /'JitterStrategy' must be 'FULL' or 'NONE', got "HALF"/,
  ],
  ['Error and ErrorPath', state({ Type: 'Fail', Error: 'E', ErrorPath: '$.e' }), /'Error' must be given, or 'ErrorPath', but not both/],
  ['one name in two branches', parallelOfTwins(), /two states are called 'A'/],
])('refuses %s', (_what, definition, message) => {
  expect(() => load(definition)).toThrow(DefinitionError);
  expect(() => load(definition)).toThrow(message);
});

test('refuses text that is not JSON', () => {
  expect(() => loadDefinition('{', () => ({ events: { kind: 'function' }, run: async () => null }))).toThrow(/the definition is not JSON/);
});

function parallelOfTwins(): object {
  const branch = { StartAt: 'A', States: { A: { Type: 'Succeed' } } };
  return state({ Type: 'Parallel', End: true, Branches: [branch, branch] });
}
