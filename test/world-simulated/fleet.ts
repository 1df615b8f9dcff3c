import { createHash } from 'node:crypto';
import { AwsError } from '../../lab/kernel/service';
import { AutoScalingService } from '../../lab/services/autoscaling';
import { CloudWatchService } from '../../lab/services/cloudwatch';
import { LaunchTemplates } from '../../lab/services/ec2-launch-templates';
import { LoadBalancingService } from '../../lab/services/elb';
import { ModelWorld } from '../../lab/world/simulated/model-world';
import { SimulatedTraffic, type TrafficOptions } from '../../lab/world/simulated/traffic';
import { archiveOf } from '../host/archive';
import { call, create, simulatedContext } from '../lab-services/machines';

const ELB = 'AWS::ElasticLoadBalancingV2';

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export const HOST = Buffer.from('the host program');
const PLACEHOLDER = archiveOf({ 'index.html': 'no release yet' });

function userData(group: string, healthTimer: boolean): string {
  return `#!/bin/bash
region=eu-west-1
PORT=8080
fetch assets host ${sha256(HOST)} "$ASG_CANARY_ROOT/opt/asg-canary/asg-canary-host" 0755
cat >"$ASG_CANARY_ROOT/etc/asg-canary/host.conf" <<CONFIGURATION
FLEET=shop
GROUP=${group}
GROUP_NAME=shop-${group}
LAUNCH_HOOK=shop-launch
REGION=$region
BUCKET=artifacts
APP_DIR=/srv/app
PROBE_URL=http://$INSTANCE_ADDRESS:$PORT/health
PLACEHOLDER_BUCKET=assets
PLACEHOLDER_KEY=placeholder.tar.gz
PLACEHOLDER_SHA256=${sha256(PLACEHOLDER)}
KEEP_RELEASES=5
CONFIGURATION
${healthTimer ? 'OnUnitActiveSec=300' : ''}
`;
}

/** A fleet on a virtual clock, over a bucket in memory: both groups, their target groups, and a main rule that names both. */
export async function fleet(options: { stable?: number; canary?: number; seed?: number; timer?: boolean } = {}) {
  const context = simulatedContext(options.seed);
  const { clock } = context;
  const objects = new Map<string, Uint8Array>([
    ['assets/host', HOST],
    ['assets/placeholder.tar.gz', PLACEHOLDER],
  ]);
  const calls: string[] = [];
  const denied = new Set<string>();
  const launchTemplates = new LaunchTemplates(context);
  const world: ModelWorld = new ModelWorld(context, {
    callAs: async (roleArn, service, operation, input) => {
      const { Bucket, Key } = input as { Bucket?: string; Key?: string };
      calls.push(`${roleArn} ${service}:${operation}${Key === undefined ? '' : ` ${Bucket}/${Key}`}`);
      if (denied.has(operation)) throw new AwsError('AccessDenied', `not authorized to perform ${service}:${operation}`);
      if (operation === 'CompleteLifecycleAction') return call(autoScaling, operation, input);
      const Body = objects.get(`${Bucket}/${Key}`);
      if (Body === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.');
      return { Body };
    },
  });
  const loadBalancing = new LoadBalancingService(context, { world });
  const autoScaling: AutoScalingService = new AutoScalingService(context, {
    world,
    loadBalancing,
    launchTemplates,
    roleOfProfile: (profile) => `role-of-${profile}`,
  });
  const cloudWatch = new CloudWatchService(context);
  const balancer = await create(loadBalancing.providers(), `${ELB}::LoadBalancer`, 'Balancer', {});
  const listener = await create(loadBalancing.providers(), `${ELB}::Listener`, 'Listener', {
    LoadBalancerArn: balancer.ref,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }],
  });
  const targetGroup = async (name: string) =>
    (
      await create(loadBalancing.providers(), `${ELB}::TargetGroup`, name, {
        Name: name,
        Port: 8080,
        Protocol: 'HTTP',
        HealthCheckIntervalSeconds: 10,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 3,
      })
    ).ref;
  const arns = { stable: await targetGroup('stable'), canary: await targetGroup('canary') };
  const actions = (stable: number, canary: number, stickySeconds?: number) => [
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: arns.stable, Weight: stable },
          { TargetGroupArn: arns.canary, Weight: canary },
        ],
        ...(stickySeconds && { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: stickySeconds } }),
      },
    },
  ];
  const rule = await create(loadBalancing.providers(), `${ELB}::ListenerRule`, 'Main', {
    ListenerArn: listener.ref,
    Priority: 1,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
    Actions: actions(100, 0),
  });
  const split = (stable: number, canary: number, stickySeconds?: number) =>
    call(loadBalancing, 'ModifyRule', { RuleArn: rule.ref, Actions: actions(stable, canary, stickySeconds) });
  const stableOnly = () =>
    call(loadBalancing, 'ModifyRule', { RuleArn: rule.ref, Actions: [{ Type: 'forward', TargetGroupArn: arns.stable }] });

  const release = (id: string, files: Record<string, string>): string => {
    const archive = archiveOf(files);
    const digest = sha256(archive);
    objects.set(`artifacts/releases/${id}/release.tar.gz`, archive);
    const manifest = `asg-canary-manifest 1\nid=${id}\nsha256=${digest}\nsize=${archive.length}\nref=${id}\ncommit=\n`;
    objects.set(`artifacts/releases/${id}/manifest`, Buffer.from(manifest));
    return digest;
  };
  const point = (
    group: string,
    epoch: number,
    phase: string,
    committed: readonly [string, string],
    candidate: readonly [string, string] = ['', ''],
  ) => {
    const text = `asg-canary-pointer 1\nepoch=${epoch}\nphase=${phase}\ncommitted=${committed[0]}\ncommitted_sha256=${committed[1]}\ncandidate=${candidate[0]}\ncandidate_sha256=${candidate[1]}\n`;
    objects.set(`artifacts/fleets/shop/${group}`, Buffer.from(text));
  };
  const start = async () => {
    for (const [group, desired] of Object.entries({ stable: options.stable ?? 2, canary: options.canary ?? 0 })) {
      const template = await create([launchTemplates.provider()], 'AWS::EC2::LaunchTemplate', group, {
        LaunchTemplateData: {
          ImageId: 'ami-1',
          InstanceType: 't3.small',
          UserData: Buffer.from(userData(group, options.timer ?? false)).toString('base64'),
          IamInstanceProfile: { Arn: 'profile' },
        },
      });
      await create(autoScaling.providers(), 'AWS::AutoScaling::AutoScalingGroup', group, {
        AutoScalingGroupName: `shop-${group}`,
        MinSize: 0,
        MaxSize: 1000,
        DesiredCapacity: desired,
        LaunchTemplate: { LaunchTemplateId: template.ref, Version: template.attributes?.LatestVersionNumber },
        LifecycleHookSpecificationList: [
          { LifecycleHookName: 'shop-launch', LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING', HeartbeatTimeout: 300 },
        ],
        TargetGroupARNs: [arns[group as 'stable' | 'canary']],
        HealthCheckType: group === 'stable' ? 'ELB' : 'EC2',
        HealthCheckGracePeriod: 60,
        VPCZoneIdentifier: ['subnet-a', 'subnet-b'],
      });
    }
  };
  const settled = async () => {
    for (const group of autoScaling.groupNames()) await autoScaling.settled(group);
    await clock.sleep(30_000);
  };
  const traffic = (trafficOptions: TrafficOptions) => new SimulatedTraffic(context, { loadBalancing, cloudWatch, world }, trafficOptions);
  const releases = (group: string) => autoScaling.instances(`shop-${group}`).map(({ instanceId }) => world.releaseOf(instanceId));
  return {
    context,
    clock,
    world,
    autoScaling,
    loadBalancing,
    cloudWatch,
    objects,
    calls,
    denied,
    arns,
    split,
    stableOnly,
    release,
    point,
    start,
    settled,
    traffic,
    releases,
  };
}
