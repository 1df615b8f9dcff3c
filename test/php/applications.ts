import { type BuiltRelease, build } from '../host/test-host';
import { heavyClass } from './heavy-class';

/**
 * An application whose page takes 20 ms and tells the release of each part that took part in it: two that are loaded before the
 * wait and after it, and one that is found by what the web server says.
 */
export function light(id: string, extra: Readonly<Record<string, string>> = {}): BuiltRelease {
  const part = `<?php return '${id}';\n`;
  return build(id, {
    'pub/index.php': `<?php
$parts = ['${id}', require __DIR__ . '/../lib/first.php'];
usleep(20000);
$parts[] = require __DIR__ . '/../lib/second.php';
$parts[] = require dirname($_SERVER['DOCUMENT_ROOT']) . '/lib/third.php';
echo implode(' ', $parts), ' ', (require __DIR__ . '/../app/etc/env.php')['shop'];
`,
    'lib/first.php': part,
    'lib/second.php': part,
    'lib/third.php': part,
    ...extra,
  });
}

const CLASSES = 150;

/** An application whose every page needs 150 classes, together 20 MB: as much source as 5,200 files of Drupal 11. */
export function heavy(id: string): BuiltRelease {
  const files: Record<string, string> = {};
  for (let n = 0; n < CLASSES; n++) files[`lib/Class${n}.php`] = heavyClass(`Class${n}`, id);
  files['pub/index.php'] = `<?php
for ($n = 0; $n < ${CLASSES}; $n++) require __DIR__ . "/../lib/Class$n.php";
$sum = 0;
for ($n = 0; $n < ${CLASSES}; $n++) $sum += ("Class$n")::rule0(1);
usleep(10000);
echo '${id} ${id} ${id} ${id} ', $sum;
`;
  return build(id, files);
}

/** The releases that the parts of a page are of. */
export function releasesOf(page: string): string[] {
  return [...new Set(page.split(' ').slice(0, 4))];
}
