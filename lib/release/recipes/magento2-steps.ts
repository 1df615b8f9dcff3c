/** Ends with 2 where Magento or its configuration asks for an upgrade. */
export const CHECK_DATABASE = `
asks() { # COMMAND: 0 nothing, 2 something is pending; anything else ends the step
  local code=0
  php bin/magento "$1" --no-ansi || code=$?
  case $code in
    0 | 2) pending=$((pending | code)) ;;
    *) echo "$1 ended with exit code $code: Magento is not installed, or its database does not answer" && exit 1 ;;
  esac
}
pending=0
asks setup:db:status
asks app:config:status
[ "$pending" -eq 0 ] || php -r '
  $env = include "app/etc/env.php";
  if (empty($env["deployment"]["blue_green"]["enabled"])) {
    echo "app/etc/env.php must set deployment/blue_green/enabled to true: without it instances of the other release stop when the database changes\\n";
    exit(1);
  }'
exit "$pending"`;

/** Names the patches of enabled modules that `patch_list` does not have. */
const PATCHES = `<?php
$db = (include 'app/etc/env.php')['db'];
$connection = $db['connection']['default'];
[$host, $port] = explode(':', $connection['host'] . ':3306');
$pdo = new PDO("mysql:host=$host;port=$port;dbname={$connection['dbname']}", $connection['username'], $connection['password']);
$table = ($db['table_prefix'] ?? '') . 'patch_list';
$exists = $pdo->query("SHOW TABLES LIKE '$table'")->fetch() !== false;
$applied = $exists ? $pdo->query("SELECT patch_name FROM $table")->fetchAll(PDO::FETCH_COLUMN) : [];
$enabled = array_filter((include 'app/etc/config.php')['modules'] ?? []);
foreach (array_merge(glob('app/code/*/*'), glob('vendor/*/*')) as $module) {
    $text = is_file("$module/etc/module.xml") ? file_get_contents("$module/etc/module.xml") : '';
    $isEnabled = preg_match('/<module\\s[^>]*name="([^"]+)"/', $text, $name) && isset($enabled[$name[1]]);
    foreach ($isEnabled ? glob("$module/Setup/Patch/{Schema,Data}/*.php", GLOB_BRACE) : [] as $file) {
        preg_match('/^namespace\\s+([^;\\s]+)/m', file_get_contents($file), $namespace);
        $class = $namespace[1] . '\\\\' . basename($file, '.php');
        if (!in_array($class, $applied, true)) echo $class, "\\n";
    }
}`;

/** Prints each statement of the dry run as a line. */
const STATEMENTS = `<?php
foreach (preg_split('/;\\s*\\n|\\n\\s*\\n/', file_get_contents('var/log/dry-run-installation.log')) as $statement) {
    $line = trim(preg_replace('/\\s+/', ' ', $statement), ' ;');
    if ($line !== '') echo $line, "\\n";
}`;

/**
 * `--dry-run` needs its `=1`: without it Magento upgrades (magento2#32679). It flushes the cache, imports pending configuration for real,
 * tells of no patches, and writes its statements to a log.
 */
export const LIST_CHANGES = `
code=0
php bin/magento app:config:status --no-ansi >/dev/null || code=$?
if [ "$code" -eq 2 ]; then # the dry run would import it for real
  echo 'configuration of app/etc/config.php'
  php bin/magento setup:db:status --no-ansi >/dev/null || echo 'what else there is, which Magento lists only without pending configuration'
  exit 0
fi
status=$(php bin/magento setup:db:status --no-ansi) || true
if grep -qi 'patches are not up to date' <<<"$status"; then
  patches=$(php <<'PHP'
${PATCHES}
PHP
  )
  echo "\${patches:-patches that no enabled module has}"
fi
rm -f var/log/dry-run-installation.log
php -d memory_limit=-1 bin/magento setup:upgrade --keep-generated --dry-run=1 --no-interaction --no-ansi >&2
[ ! -s var/log/dry-run-installation.log ] || php <<'PHP'
${STATEMENTS}
PHP`;

/** Once for the whole fleet: schema, patches, then configuration. */
export const MIGRATE = `
php -d memory_limit=-1 bin/magento setup:upgrade --keep-generated --no-interaction --no-ansi
code=0
php bin/magento app:config:status --no-ansi || code=$?
[ "$code" -ne 2 ] || php bin/magento app:config:import --no-interaction --no-ansi`;
