import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** `systemctl`: hands its words to the instance's service manager; the reply's first line is the exit code. */
function systemctl(managerUrl: string): string {
  return `#!/usr/bin/env bash
set -euo pipefail
reply=$(printf '%s\\n' "$@" | curl --silent --show-error --fail --noproxy '*' --data-binary @- '${managerUrl}')
code=\${reply%%$'\\n'*}
if [[ $reply == *$'\\n'* ]]; then
  output=\${reply#*$'\\n'}
  if [[ \${1-} == is-active ]]; then printf '%s\\n' "$output"; else printf '%s\\n' "$output" >&2; fi
fi
exit "$code"
`;
}

/**
 * `dnf install -y NAME...`: records the names; the machine under the lab has what it has. For nginx and PHP it must have the programs,
 * in whichever version; PHP-FPM gets the name that it has on Amazon Linux.
 */
const DNF = `#!/usr/bin/env bash
set -euo pipefail
record=$ASG_CANARY_ROOT/var/lib/dnf/installed
names=()
if [[ \${1-} != install ]]; then
  echo "the lab's dnf knows 'install -y NAME...' only, got '$*'" >&2
  exit 1
fi
for word in "\${@:2}"; do
  case $word in
    -y | --assumeyes | -q | --quiet) ;;
    [a-z0-9]*) names+=("$word") ;;
    *)
      echo "the lab's dnf does not know '$word' of '$*'" >&2
      exit 1
      ;;
  esac
done
needs() { # NAME COMMAND DEBIAN_PACKAGE: sets found
  found=$(compgen -c "$2" | grep -xE "$2[0-9.]*" | sort -V | tail -n 1) || true
  [ -n "$found" ] || { echo "the lab's dnf cannot install $1: install $3 of Debian" >&2 && exit 1; }
}
for name in "\${names[@]}"; do
  case $name in
    nginx) needs "$name" nginx nginx-light ;;
    php8.[0-9]-cli) needs "$name" php php-cli ;;
    php8.[0-9]-fpm)
      needs "$name" php-fpm php-fpm
      own=\${BASH_SOURCE[0]%/*}/php-fpm
      [ -e "$own" ] || ln -s "$(type -P "$found")" "$own"
      ;;
  esac
done
mkdir -p "\${record%/*}"
printf '%s\\n' "\${names[@]}" >>"$record"
`;

/** Writes the programs that stand in for the machine's own package and service managers. @returns their folder */
export function writeShims(root: string, managerUrl: string): string {
  const folder = path.join(root, '.lab', 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'systemctl'), systemctl(managerUrl), { mode: 0o755 });
  writeFileSync(path.join(folder, 'dnf'), DNF, { mode: 0o755 });
  return folder;
}
