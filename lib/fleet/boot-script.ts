import { fetchFunctions } from './fetch-object';
import type { PinnedObject } from './fleet';
import type { BootFile } from './host-files';
import { hostUnits } from './host-units';
import { type PhpHook, phpConfiguration, phpHostLines } from './php-hook';
import { type RecipeBoot, recipeBoot } from './recipe-boot';

/** What the boot script of one group is made of. */
export interface BootScriptProps {
  readonly fleetName: string;
  readonly role: 'stable' | 'canary';
  readonly groupName: string;
  readonly launchHookName: string;
  readonly artifactBucketName: string;
  readonly applicationDirectory: string;
  readonly port: number;
  readonly healthCheckPath: string;
  readonly keepReleases: number;
  /** Whether an instance also takes the other release of its pointer, before it enters service. */
  readonly stageBoth?: boolean;
  readonly program: PinnedObject;
  readonly stepRunner?: PinnedObject;
  readonly placeholder: PinnedObject;
  readonly bootFiles: readonly (BootFile & PinnedObject)[];
  readonly php?: PhpHook;
  readonly recipe?: RecipeBoot;
  readonly setupCommands: readonly string[];
}

/**
 * User data of an instance: what the application needs, then the host program, pinned by its sha256,
 * which takes the release that the group serves and completes the launch.
 *
 * Every absolute path begins with `$ASG_CANARY_ROOT`, which is empty on EC2.
 */
export function bootScript(props: BootScriptProps): string {
  return [
    preamble(props),
    ...props.bootFiles.map(fetchFile),
    ...setup(props.setupCommands),
    hostConfiguration(props),
    ...(props.php ? [phpConfiguration(props.php), ...props.php.files.map(fetchFile)] : []),
    ...(props.recipe ? [...props.recipe.files.map(fetchFile), recipeBoot(props.recipe)] : []),
    ...(props.stepRunner ? [fetchTo(props.stepRunner, '/opt/asg-canary/asg-canary-step', '0755')] : []),
    fetchTo(props.program, '/opt/asg-canary/asg-canary-host', '0755'),
    hostUnits(),
    FIRST_SYNC,
  ].join('\n');
}

function preamble(props: BootScriptProps): string {
  return `#!/bin/bash
# Boots an instance of the ${props.role} group of the fleet ${props.fleetName}.
set -euo pipefail
umask 022
: "\${ASG_CANARY_ROOT:=}"

fail() {
  echo "asg-canary boot: $*" >&2
  exit 1
}

${fetchFunctions(5)}
INSTANCE_ADDRESS=$(imds local-ipv4)
PORT=${props.port}
APP_DIR=$ASG_CANARY_ROOT${props.applicationDirectory}
export ASG_CANARY_ROOT INSTANCE_ADDRESS PORT APP_DIR
`;
}

/** The timer comes last: a host that took long to set up would be synchronized at once, and the boot would find it locked. */
const FIRST_SYNC = `booted=0
"$ASG_CANARY_ROOT/opt/asg-canary/asg-canary-host" sync --boot || booted=$?
systemctl enable --now asg-canary-sync.timer
exit "$booted"
`;

function fetchTo(file: PinnedObject, destination: string, mode: string): string {
  return `fetch ${file.bucketName} ${file.objectKey} ${file.sha256} "$ASG_CANARY_ROOT${destination}" ${mode}`;
}

function fetchFile(file: BootFile & PinnedObject): string {
  return fetchTo(file, file.destination, file.executable ? '0755' : '0644');
}

function setup(commands: readonly string[]): string[] {
  return commands.length === 0 ? [] : ['(', ...commands, ')'];
}

function hostConfiguration(props: BootScriptProps): string {
  return `
mkdir -p "$ASG_CANARY_ROOT/etc/asg-canary"
cat >"$ASG_CANARY_ROOT/etc/asg-canary/host.conf" <<CONFIGURATION
FLEET=${props.fleetName}
GROUP=${props.role}
GROUP_NAME=${props.groupName}
LAUNCH_HOOK=${props.launchHookName}
REGION=$region
BUCKET=${props.artifactBucketName}
APP_DIR=${props.applicationDirectory}
PROBE_URL=http://$INSTANCE_ADDRESS:$PORT${props.healthCheckPath}
PLACEHOLDER_BUCKET=${props.placeholder.bucketName}
PLACEHOLDER_KEY=${props.placeholder.objectKey}
PLACEHOLDER_SHA256=${props.placeholder.sha256}
KEEP_RELEASES=${props.keepReleases}
${props.stageBoth ? 'STAGE_BOTH=yes\n' : ''}${props.php ? phpHostLines(props.php.options) : ''}CONFIGURATION
`;
}
