import fc from 'fast-check';
import { checkArchiveSize, parseManifest } from '../../lambda/core/manifest';
import { releaseIdFor } from '../../lambda/core/release-id';
import { RELEASE_ID_PATTERN } from '../../lib/deployment/contract';

const manifest = `asg-canary-manifest 1\nid=v2\nsha256=${'b'.repeat(64)}\nsize=120\nref=v2\ncommit=\n`;

test('a manifest is read', () => {
  expect(parseManifest(manifest, 'v2')).toEqual({ id: 'v2', sha256: 'b'.repeat(64), size: 120, ref: 'v2', commit: '' });
});

test.each([
  [manifest.replace('size=120', 'size=0')],
  [manifest.replace('size=120', 'size=1e3')],
  [`${manifest}\n`],
  [manifest.replaceAll('\n', '\r\n')],
  [manifest.slice(0, -1)],
  [manifest.replace('b', 'B')],
  ['<html>'],
])('a malformed manifest is refused: %j', (text) => {
  expect(() => parseManifest(text, 'v2')).toThrow(`the manifest of release 'v2' is malformed`);
});

test('a manifest of another release is refused', () => {
  expect(() => parseManifest(manifest, 'v3')).toThrow(`the manifest of release 'v3' must name it, got 'v2'`);
});

test('an archive of another length is refused', () => {
  expect(() => checkArchiveSize(parseManifest(manifest, 'v2'), 119)).toThrow(`the archive of release 'v2' must have 120 bytes, got 119`);
});

test('the id of a build is a release id, the same for one execution and another for the next', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (ref, execution, other) => {
      const id = releaseIdFor(ref, execution);
      expect(id).toMatch(new RegExp(RELEASE_ID_PATTERN));
      expect(releaseIdFor(ref, execution)).toBe(id);
      if (other !== execution) expect(releaseIdFor(ref, other)).not.toBe(id);
    }),
  );
  expect(releaseIdFor('feature/Checkout_2', 'x')).toMatch(/^feature-checkout_2-[0-9a-f]{8}$/);
});
