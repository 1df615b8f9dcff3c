/** How often an instance looks whether it still runs the release of its group, in seconds. */
const SYNC_SECONDS = 300;

/** Names that a service must be given, because systemd passes no environment on. */
const PASSED_ON = [
  'ASG_CANARY_ROOT',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_S3',
  'AWS_ENDPOINT_URL_AUTO_SCALING',
].join(' ');

/** The part of the boot script that writes the units by which the host program converges again and again; it enables none. */
export function hostUnits(): string {
  return `
environment() {
  local name
  for name in ${PASSED_ON}; do
    if [ -n "\${!name:-}" ]; then echo "Environment=$name=\${!name}"; fi
  done
}

units=$ASG_CANARY_ROOT/etc/systemd/system
mkdir -p "$units"
cat >"$units/asg-canary-sync.service" <<UNIT
[Unit]
Description=Converge to the release of the group
[Service]
Type=oneshot
$(environment)
ExecStart=$ASG_CANARY_ROOT/opt/asg-canary/asg-canary-host sync
UNIT
cat >"$units/asg-canary-sync.timer" <<UNIT
[Unit]
Description=Converge to the release of the group every ${SYNC_SECONDS / 60} minutes
[Timer]
OnBootSec=${SYNC_SECONDS}
OnUnitActiveSec=${SYNC_SECONDS}
Unit=asg-canary-sync.service
[Install]
WantedBy=timers.target
UNIT
systemctl daemon-reload
`;
}
