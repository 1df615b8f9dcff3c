import { spawnSync } from 'node:child_process';
import path from 'node:path';

const CHECK = path.resolve(__dirname, '../../host/php/check-nginx.php');

/** What the check says of files as `nginx -T` prints them; empty where it finds nothing. */
function check(files: Readonly<Record<string, string>>): string {
  const input = Object.entries(files)
    .map(([file, text]) => `# configuration file ${file}:\n${text}\n\n`)
    .join('');
  const { status, stdout, stderr } = spawnSync('php', ['-n', CHECK, '/srv/app/current'], { input, encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: stdout === '' ? 0 : 1 });
  return stdout;
}

const STOCK = 'fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\nfastcgi_param DOCUMENT_ROOT $document_root;\n';
const RIGHT = 'fastcgi_param SCRIPT_FILENAME $realpath_root$fastcgi_script_name;\nfastcgi_param DOCUMENT_ROOT $realpath_root;\n';
const site = (text: string) => ({
  '/etc/nginx/nginx.conf': `events {}\nhttp { server {\nlocation ~ \\.php$ {\n${text}fastcgi_pass php;\n} } }`,
});

test.each([
  ['the resolved folder', site(RIGHT)],
  ['the name of the link first, but the resolved folder after it', site(STOCK + RIGHT)],
  ['nothing that matters in a comment', site(`# ${STOCK.split('\n')[0]}\n${RIGHT}`)],
  ['what is set around a block that has its own', { '/etc/nginx/nginx.conf': `http { ${STOCK} server { ${RIGHT} fastcgi_pass php; } }` }],
  ['the stock file, overruled', { ...site(`include fastcgi.conf;\n${RIGHT}`), '/etc/nginx/fastcgi.conf': STOCK }],
  ['the stock file, in no block that passes requests', { ...site(RIGHT), '/etc/nginx/fastcgi.conf': STOCK }],
  ['the name of the link to something else than PHP', site(`root $document_root; ${RIGHT}`)],
])('%s is right', (_what, files) => {
  expect(check(files)).toBe('');
});

const refused = (file: string, line: number, right: string) =>
  expect.stringContaining(`change line ${line} of /etc/nginx/${file} to 'fastcgi_param ${right};'`);

test.each([
  ['the name of the link', site(STOCK), refused('nginx.conf', 4, 'SCRIPT_FILENAME $realpath_root$fastcgi_script_name')],
  [
    'the name after the resolved folder',
    site(RIGHT + STOCK),
    refused('nginx.conf', 6, 'SCRIPT_FILENAME $realpath_root$fastcgi_script_name'),
  ],
  ['only the root', site(RIGHT + STOCK.split('\n')[1]), refused('nginx.conf', 6, 'DOCUMENT_ROOT $realpath_root')],
  [
    'the name in braces and quotes',
    site('fastcgi_param DOCUMENT_ROOT "${document_root}";\n'),
    refused('nginx.conf', 4, 'DOCUMENT_ROOT $realpath_root'),
  ],
  [
    'the link by its path',
    site('fastcgi_param SCRIPT_FILENAME /srv/app/current/index.php;\n'),
    refused('nginx.conf', 4, 'SCRIPT_FILENAME $realpath_root$fastcgi_script_name'),
  ],
  [
    'what is set around the block',
    { '/etc/nginx/nginx.conf': `http {\n${STOCK} server { location / { fastcgi_pass php; } } }` },
    refused('nginx.conf', 2, 'SCRIPT_FILENAME $realpath_root$fastcgi_script_name'),
  ],
  [
    'an included file of an included file',
    {
      '/etc/nginx/nginx.conf': 'http { include conf.d/*.conf; }',
      '/etc/nginx/conf.d/shop.conf': 'server { include /etc/nginx/php.conf; fastcgi_pass php; }',
      '/etc/nginx/php.conf': `\n\n${STOCK}`,
    },
    refused('php.conf', 3, 'SCRIPT_FILENAME $realpath_root$fastcgi_script_name'),
  ],
  ['nothing', { '/etc/nginx/nginx.conf': 'events {}' }, 'nginx passes no request to PHP-FPM: nginx -T shows no fastcgi_pass\n'],
])('%s is refused', (_what, files, text) => {
  expect(check(files)).toEqual(text);
});
