import fc from 'fast-check';
import { parseRequest } from '../../lambda/core/request';

const empty = { ref: '', release: '', bootstrap: false, allowMaintenance: false, reason: '', requestedBy: '' };

test.each([
  [{ ref: 'v2' }, { ...empty, mode: 'deploy', ref: 'v2' }],
  [
    { mode: 'deploy', release: 'v2-1f', bootstrap: true },
    { ...empty, mode: 'deploy', release: 'v2-1f', bootstrap: true },
  ],
  [{ mode: 'rollback' }, { ...empty, mode: 'rollback' }],
  [
    { mode: 'rollback', release: 'v1', reason: 'slow' },
    { ...empty, mode: 'rollback', release: 'v1', reason: 'slow' },
  ],
  [{ mode: 'recover' }, { ...empty, mode: 'recover' }],
])('%j is a request', (input, expected) => {
  expect(parseRequest(input, { canBuild: true, hasDatabase: true })).toEqual(expected);
});

test.each([
  [[], 'the input must be a JSON object, got []'],
  [null, 'the input must be a JSON object, got null'],
  [{ foo: 1 }, `the input must have only the fields mode, ref, release, bootstrap, allowMaintenance, reason, requestedBy, got 'foo'`],
  [{ mode: 'hotfix' }, `'mode' must be one of deploy, rollback, recover, got "hotfix"`],
  [{}, `mode 'deploy' needs 'ref' or 'release', got neither`],
  [{ ref: 'a', release: 'bb' }, `mode 'deploy' needs one of 'ref' and 'release', got 'a' and 'bb'`],
  [{ ref: '--upload-pack=x' }, `'ref' must be a git ref`],
  [{ ref: 'a b' }, 'got "a b"'],
  [{ release: '../x' }, `'release' must be a release id that matches ^[a-z0-9]`],
  [{ release: 7 }, 'got 7'],
  [{ ref: 'a', bootstrap: 'yes' }, `'bootstrap' must be true or false, got "yes"`],
  [{ ref: 'a', reason: 'two\nlines' }, `'reason' must be one line of at most 500 characters`],
  [{ mode: 'rollback', ref: 'a' }, `'ref' is only for mode 'deploy', got 'a' with mode 'rollback'`],
  [{ mode: 'rollback', bootstrap: true }, `'bootstrap' is only for mode 'deploy', got true with mode 'rollback'`],
  [{ mode: 'recover', release: 'v1' }, `'release' is not for mode 'recover', got 'v1'`],
])('%j is refused', (input, message) => {
  expect(() => parseRequest(input, { canBuild: true, hasDatabase: true })).toThrow(
    expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining(message) }),
  );
});

test('a ref needs a build', () => {
  expect(() => parseRequest({ ref: 'v2' }, { canBuild: false, hasDatabase: true })).toThrow(
    `'ref' needs a build, and this deployment has none: give 'release', got 'v2'`,
  );
});

test('whatever comes in, a request comes out whole or an InvalidInput', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.record({ mode: fc.string(), ref: fc.string(), release: fc.string() }, { requiredKeys: [] })),
      (input) => {
        try {
          expect(Object.keys(parseRequest(input, { canBuild: true, hasDatabase: true })).sort()).toEqual([
            'allowMaintenance',
            'bootstrap',
            'mode',
            'reason',
            'ref',
            'release',
            'requestedBy',
          ]);
        } catch (error) {
          expect((error as Error).name).toBe('InvalidInput');
        }
      },
    ),
  );
});
