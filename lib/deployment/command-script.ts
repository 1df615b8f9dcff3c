import type { PinnedObject } from '../fleet';
import { fetchFunctions } from '../fleet/fetch-object';

/**
 * What a command runs on a host, by any POSIX shell: it sees to it that the host has the program that the command was made for,
 * and calls it. Parameters come as environment variables alone; an agent that does not pass them so is refused.
 */
export function commandScript(program: PinnedObject, stepRunner?: PinnedObject): string[] {
  return `#!/bin/sh
set -eu
fail() {
  echo "asg-canary command: $*" >&2
  exit 69
}
[ -n "\${SSM_Command:-}" ] && [ -n "\${SSM_HostSha256:-}" ] || fail 'the SSM agent passed no parameters: version 3.3.2746.0 or newer is needed'
program=\${ASG_CANARY_ROOT:-}/opt/asg-canary/asg-canary-host
sha256_of() { sha256sum <"$1" 2>/dev/null | cut -d ' ' -f 1; }

${fetchFunctions(2)}
# Going back needs no network, so the program that is there must do.
if [ "$(sha256_of "$program")" != "$SSM_HostSha256" ] && ! { [ "$SSM_Command" = revert ] && [ -x "$program" ]; }; then
  (fetch ${program.bucketName} ${program.objectKey} "$SSM_HostSha256" "$program" 0755) ||
    fail "the host program with sha256 $SSM_HostSha256 could not be installed"
fi
case $SSM_Command in
  stage | activate) exec "$program" "$SSM_Command" --release "$SSM_Release" --sha256 "$SSM_Sha256" --epoch "$SSM_Epoch" ;;
  revert) exec "$program" revert --release "$SSM_Release" --epoch "$SSM_Epoch" ;;
  sync | status | prune) exec "$program" "$SSM_Command" ;;
${stepRunner ? stepCase(stepRunner) : ''}  *) fail "there is no command $SSM_Command" ;;
esac`.split('\n');
}

/** The runner is brought up to date as the host program is: taking a page down must not fail for want of the network. */
function stepCase({ bucketName, objectKey, sha256 }: PinnedObject): string {
  return `  step)
    runner=\${ASG_CANARY_ROOT:-}/opt/asg-canary/asg-canary-step
    if [ "$(sha256_of "$runner")" != ${sha256} ]; then
      (fetch ${bucketName} ${objectKey} ${sha256} "$runner" 0755) || [ -x "$runner" ] || fail 'the runner of steps could not be installed'
    fi
    exec "$runner" "$SSM_Step" --release "$SSM_Release" --sha256 "$SSM_Sha256" --epoch "$SSM_Epoch"
    ;;
`;
}
