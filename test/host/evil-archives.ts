import type { Member } from './archive';

/** Archives that no host may unpack: what is wrong, the members, and how the refusal goes on after the archive's key. */
export const EVIL_ARCHIVES: readonly (readonly [string, readonly Member[], string])[] = [
  ['a path through ..', [{ name: 'a/../../evil', content: 'x' }], `holds a path with '..': "a/../../evil"`],
  ['a path that ends in ..', [{ name: 'a/..', type: '5' }], `holds a path with '..': "a/.."`],
  ['an absolute path', [{ name: '/tmp/evil', content: 'x' }], `holds an absolute path: "/tmp/evil"`],
  ['a hard link to an absolute path', [{ name: 'a', type: '1', link: '/etc/passwd' }], `holds an absolute path: "a" link to "/etc/passwd"`],
  ['a hard link through ..', [{ name: 'a', type: '1', link: '../v1/x' }], `holds a path with '..': "a" link to "../v1/x"`],
  ['an absolute link', [{ name: 'a', type: '2', link: '/etc/passwd' }], 'holds a link that leaves the release: a'],
  ['a link that leaves', [{ name: 'a/b', type: '2', link: '../../v1' }], 'holds a link that leaves the release: a/b'],
  [
    'a link that leaves by way of another link',
    [
      { name: 'a/b/up', type: '2', link: '../..' },
      { name: 'out', type: '2', link: 'a/b/up/../v1' },
    ],
    'holds a link that leaves the release: out',
  ],
  ['a device', [{ name: 'a', type: '3' }], 'holds a device or another special file: "a"'],
  ['a pipe', [{ name: 'a', type: '6' }], 'holds a device or another special file: "a"'],
  ['a member that is cut off', [{ name: 'a', content: 'x', size: 5000 }], 'is not a whole tar archive compressed by gzip'],
];
