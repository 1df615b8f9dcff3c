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

/** `dnf install -y NAME...`: records the names; the machine under the lab has what it has. */
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
