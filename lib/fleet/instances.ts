import { type Duration, Size } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct, IDependable } from 'constructs';
import { bootScript } from './boot-script';
import type { CanaryFleetProps } from './canary-fleet-props';
import type { FleetGroup } from './fleet';
import type { HostFiles } from './host-files';
import { InstanceGroup } from './instance-group';
import { instanceRole } from './instance-role';
import { consumerUnits } from './jobs';
import { NGINX_CONFIGURATION } from './php-web-server';
import { userData } from './user-data';
import { hasHost } from './with-recipe';

/** What the instances of both groups have in common. */
export interface InstancesProps {
  readonly props: CanaryFleetProps;
  readonly fleetName: string;
  readonly port: number;
  readonly healthCheckPath: string;
  readonly gracePeriod: Duration;
  readonly bootTimeout: Duration;
  readonly files: HostFiles;
  readonly securityGroup: ec2.ISecurityGroup;
  /** What must be there before the first instance boots. */
  readonly after: IDependable[];
}

/** Makes the two groups alike: same image, type and script, so that they can be compared. Only their rights are of their own. */
export class Instances {
  private readonly instanceType: ec2.InstanceType;
  private readonly machineImage: ec2.IMachineImage;
  private readonly vpcSubnets: ec2.SubnetSelection;

  constructor(
    private readonly scope: Construct,
    private readonly common: InstancesProps,
  ) {
    const { props } = common;
    this.instanceType = props.instanceType ?? ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.SMALL);
    this.machineImage = props.machineImage ?? ec2.MachineImage.latestAmazonLinux2023({ cpuType: cpuType(this.instanceType) });
    this.vpcSubnets = props.vpcSubnets ?? { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  }

  /** The group of customers, whose instances are replaced when the load balancer finds them ill. */
  stable(targetGroup: elbv2.ApplicationTargetGroup): FleetGroup {
    const { minCapacity = 2, maxCapacity = 2 * minCapacity } = this.common.props;
    const additionalTypes = [autoscaling.AdditionalHealthCheckType.ELB];
    const healthChecks = autoscaling.HealthChecks.withAdditionalChecks({ additionalTypes, gracePeriod: this.common.gracePeriod });
    return this.group('stable', targetGroup, minCapacity, maxCapacity, healthChecks);
  }

  /** The group of a candidate: the deployment judges it, because a bad release must not be relaunched for ever. */
  canary(targetGroup: elbv2.ApplicationTargetGroup): FleetGroup {
    const { minCapacity = 2, maxCapacity = 2 * minCapacity, maxCanary = maxCapacity } = this.common.props;
    return this.group('canary', targetGroup, 0, maxCanary, autoscaling.HealthChecks.ec2({ gracePeriod: this.common.gracePeriod }));
  }

  private group(
    role: 'stable' | 'canary',
    targetGroup: elbv2.ApplicationTargetGroup,
    minCapacity: number,
    maxCapacity: number,
    healthChecks: autoscaling.HealthChecks,
  ): FleetGroup {
    const { props, fleetName, bootTimeout, files, securityGroup, after } = this.common;
    const id = role === 'stable' ? 'Stable' : 'Canary';
    const instances = instanceRole(this.scope, `${id}Role`, {
      fleetName,
      group: role,
      artifactBucket: props.artifactBucket,
      files: files.all,
      configurationFiles: props.recipe?.host.configurationFiles ?? [],
    });
    const { autoScalingGroup } = new InstanceGroup(this.scope, id, {
      groupName: `${fleetName}-${role}`,
      launchHookName: `${fleetName}-launch`,
      vpc: props.vpc,
      vpcSubnets: this.vpcSubnets,
      instanceType: this.instanceType,
      machineImage: this.machineImage,
      volumeSize: props.volumeSize ?? Size.gibibytes(20),
      rootDeviceName: props.rootDeviceName ?? '/dev/xvda',
      securityGroup,
      instanceProfile: new iam.InstanceProfile(this.scope, `${id}InstanceProfile`, { role: instances }),
      userData: userData(this.scope, this.script(role)),
      minCapacity,
      maxCapacity,
      healthChecks,
      bootTimeout,
      targetGroup,
      after: [...after, props.vpc.selectSubnets(this.vpcSubnets).internetConnectivityEstablished],
    });
    return { autoScalingGroup, targetGroup, role: instances, minCapacity, maxCapacity };
  }

  private script(role: 'stable' | 'canary'): string {
    const { props, fleetName, port, healthCheckPath, files } = this.common;
    const host = hasHost(props.recipe) ? props.recipe?.host : undefined;
    return bootScript({
      fleetName,
      role,
      groupName: `${fleetName}-${role}`,
      launchHookName: `${fleetName}-launch`,
      artifactBucketName: props.artifactBucket.bucketName,
      applicationDirectory: props.applicationDirectory ?? '/srv/app',
      port,
      healthCheckPath,
      keepReleases: props.keepReleases ?? 5,
      stageBoth: host !== undefined,
      program: files.program,
      stepRunner: files.stepRunner,
      placeholder: files.placeholder,
      bootFiles: files.bootFiles,
      php: props.php && {
        options: props.php,
        files: files.hookFiles,
        nginxConfiguration: host?.webServer && NGINX_CONFIGURATION,
        restartUnits: consumerUnits(host, role),
      },
      recipe: host && { host, role, php: props.php ?? {}, healthCheckPath, files: files.recipeFiles },
      setupCommands: props.setupCommands ?? [],
    });
  }
}

function cpuType(instanceType: ec2.InstanceType): ec2.AmazonLinuxCpuType {
  return instanceType.architecture === ec2.InstanceArchitecture.ARM_64 ? ec2.AmazonLinuxCpuType.ARM_64 : ec2.AmazonLinuxCpuType.X86_64;
}
