import { CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import type { CanaryFleetProps } from '../../lib';
import { temporaryApp } from '../temporary-app';
import { fleetStack, fleetTemplate } from './fleet-stack';

const REFUSED: [Partial<CanaryFleetProps>, string][] = [
  [{ fleetName: 'Shop' }, `'fleetName' must match ^[a-z][a-z0-9-]{0,23}$, got 'Shop'`],
  [{ fleetName: 'a-name-of-twenty-five-char' }, `'fleetName' must match ^[a-z][a-z0-9-]{0,23}$, got 'a-name-of-twenty-five-char'`],
  [{ minCapacity: 0 }, `'minCapacity' must be a whole number from 1 to 2000, got 0`],
  [{ minCapacity: 4, maxCapacity: 3 }, `'maxCapacity' must be a whole number from 4 to 2000, got 3`],
  [{ maxCanary: 0 }, `'maxCanary' must be a whole number from 1 to 2000, got 0`],
  [{ maxCanary: 1.5 }, `'maxCanary' must be a whole number from 1 to 2000, got 1.5`],
  [{ port: 0 }, `'port' must be a whole number from 1 to 65535, got 0`],
  [{ listenerPort: 70_000 }, `'listenerPort' must be a whole number from 1 to 65535, got 70000`],
  [{ keepReleases: 1 }, `'keepReleases' must be a whole number from 2 to 99, got 1`],
  [{ volumeSize: Size.gibibytes(4) }, `'volumeSize' must be a whole number from 8 to 16384, got 4`],
  [{ healthCheckPath: 'health' }, `'healthCheckPath' must match`],
  [{ healthCheckPath: '/health?deep=$(id)' }, `got '/health?deep=$(id)'`],
  [{ applicationDirectory: '/srv/my app' }, `'applicationDirectory' must match`],
  [{ applicationDirectory: '/srv/../etc' }, `'applicationDirectory' must match`],
  [{ rootDeviceName: 'xvda' }, `'rootDeviceName' must match`],
  [{ previewHeaderName: 'x preview' }, `'previewHeaderName' must match`],
  [{ previewHeaderValue: 'guess' }, `'previewHeaderValue' must match ^[A-Za-z0-9._-]{16,128}$, got 'guess'`],
  [{ stickiness: Duration.days(8) }, `'stickiness' must be from 1 second to 7 days, got 8 days`],
  [{ deregistrationDelay: Duration.hours(2) }, `'deregistrationDelay' must be from 0 seconds to 1 hour, got 2 hours`],
  [{ healthCheckGracePeriod: Duration.hours(3) }, `'healthCheckGracePeriod' must be from 0 seconds to 2 hours, got 3 hours`],
  [{ bootTimeout: Duration.seconds(29) }, `'bootTimeout' must be from 30 seconds to 2 hours, got 29 seconds`],
  [{ php: { entry: '../index.php' } }, `'php.entry' must match`],
  [{ php: { sharedDirectories: ['pub/media', '/var'] } }, `'php.sharedDirectories' must match`],
  [{ php: { sharedFiles: ['app/../../etc/passwd'] } }, `got 'app/../../etc/passwd'`],
  [{ php: { sharedOwner: 'no body' } }, `'php.sharedOwner' must match ^[a-z_][a-z0-9_-]{0,31}$, got 'no body'`],
  [{ php: { fpmSocket: 'www.sock' } }, `'php.fpmSocket' must match`],
  [{ php: { fpmPidFile: '/run/$(id)' } }, `'php.fpmPidFile' must match`],
  [{ php: { prewarm: ['.'] } }, `'php.prewarm' must match`],
  [{ php: { prewarmTimeout: Duration.minutes(6) } }, `'php.prewarmTimeout' must be from 1 second to 5 minutes, got 6 minutes`],
  [{ php: { warmPaths: ['/ok', '/two words'] } }, `'php.warmPaths' must match`],
  [{ php: { warmBaseUrl: 'https://shop.example.com/de' } }, `'php.warmBaseUrl' must match`],
  [{ bootFiles: [{ source: __filename, destination: 'relative' }] }, `'bootFiles.destination' must match`],
  [{ bootFiles: [{ source: '/nowhere', destination: '/opt/x' }] }, 'a file that instances fetch must exist, got /nowhere'],
];

test.each(REFUSED)('%j is refused', (props, message) => {
  expect(() => fleetStack(props)).toThrow(message);
});

test('a fleet name that is known only at deployment is refused, because other names are made from it', () => {
  const name = new CfnParameter(new Stack(temporaryApp(), 'Other'), 'Name').valueAsString;
  expect(() => fleetStack({ fleetName: name })).toThrow(`'fleetName' must be known at synthesis, got a token`);
});

test('without a name, a fleet is called after its path', () => {
  expect(fleetStack({ fleetName: undefined }).fleet.fleetName).toMatch(/^test-?fleet[a-z0-9-]*$/);
});

describe('user data', () => {
  const commandsOf = (bytes: number) => ({ setupCommands: [`: ${'x'.repeat(bytes)}`] });

  test('over the limit of EC2 is refused with its size', () => {
    expect(() => fleetStack(commandsOf(16_384))).toThrow(
      /^user data must be at most 16384 bytes, got \d{5}: shorten 'setupCommands' or move them to a file of 'bootFiles'$/,
    );
  });

  test('counts what is known only at deployment', () => {
    const { stack, bucket } = fleetStack();
    const names = Array(200).fill(bucket.bucketName).join(' ');
    expect(stack.resolve(names)['Fn::Join'][1]).toHaveLength(399);
    expect(() => fleetStack({ setupCommands: [names] })).toThrow('user data must be at most 16384 bytes');
  });

  test('of the fleet itself leaves most of the room to setup commands', () => {
    expect(() => fleetTemplate(commandsOf(9_000))).not.toThrow();
  });
});
