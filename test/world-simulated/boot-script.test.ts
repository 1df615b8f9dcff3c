import { readBootScript } from '../../lab/world/simulated/boot-script';
import { bootScript } from '../../lib/fleet/boot-script';

const SHA = 'a'.repeat(64);

/** User data of the construct, with the region as CloudFormation resolves it. */
function userData(): string {
  const asset = (objectKey: string) => ({ bucketName: 'assets', objectKey, sha256: SHA });
  return bootScript({
    fleetName: 'shop',
    role: 'canary',
    groupName: 'shop-canary',
    launchHookName: 'shop-launch',
    artifactBucketName: 'artifacts',
    applicationDirectory: '/srv/app',
    port: 8080,
    healthCheckPath: '/health',
    keepReleases: 5,
    program: asset('host'),
    placeholder: asset('placeholder.tar.gz'),
    bootFiles: [],
    setupCommands: ['dnf install -y nginx'],
  }).replace(/\$\{Token\[AWS\.Region\.\d+\]\}/g, 'eu-west-1');
}

test('the user data of the construct is read as bash runs it', () => {
  const script = readBootScript(userData(), '127.20.0.7');
  expect(script.hostConfiguration.trim().split('\n')).toEqual([
    'FLEET=shop',
    'GROUP=canary',
    'GROUP_NAME=shop-canary',
    'LAUNCH_HOOK=shop-launch',
    'REGION=eu-west-1',
    'BUCKET=artifacts',
    'APP_DIR=/srv/app',
    'PROBE_URL=http://127.20.0.7:8080/health',
    'PLACEHOLDER_BUCKET=assets',
    'PLACEHOLDER_KEY=placeholder.tar.gz',
    `PLACEHOLDER_SHA256=${SHA}`,
    'KEEP_RELEASES=5',
  ]);
  expect(script.objects).toEqual([{ bucket: 'assets', key: 'host', sha256: SHA, destination: '/opt/asg-canary/asg-canary-host' }]);
  expect(script).toMatchObject({ hostSha256: SHA, syncSeconds: 300 });
});

test.each([
  ['host.conf is not written', (text: string) => text.replaceAll('host.conf', 'other.conf'), 'host.conf'],
  ['a variable has no value', (text: string) => text.replace(/^PORT=8080$/m, ''), '$PORT'],
  ['the host program is not fetched', (text: string) => text.replace(/^fetch assets host .*$/m, ''), 'must fetch'],
])('it is refused where %s', (_, spoil, message) => {
  expect(() => readBootScript(spoil(userData()), '127.20.0.7')).toThrow(message);
});
