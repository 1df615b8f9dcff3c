import { type Duration, type Size, Tags } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IDependable } from 'constructs';

/** One group of instances. */
export interface InstanceGroupProps {
  readonly groupName: string;
  readonly launchHookName: string;
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly instanceType: ec2.InstanceType;
  readonly machineImage: ec2.IMachineImage;
  readonly volumeSize: Size;
  readonly rootDeviceName: string;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly instanceProfile: iam.IInstanceProfile;
  readonly userData: ec2.UserData;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly healthChecks: autoscaling.HealthChecks;
  readonly bootTimeout: Duration;
  readonly targetGroup: elbv2.IApplicationTargetGroup;
  /** What must be there before the first instance boots. */
  readonly after: IDependable[];
}

/** An Auto Scaling group at a pinned version of its own launch template. */
export class InstanceGroup extends Construct {
  readonly autoScalingGroup: autoscaling.AutoScalingGroup;

  constructor(scope: Construct, id: string, props: InstanceGroupProps) {
    super(scope, id);
    const launchTemplate = new ec2.LaunchTemplate(this, 'LaunchTemplate', {
      machineImage: props.machineImage,
      instanceType: props.instanceType,
      instanceProfile: props.instanceProfile,
      securityGroup: props.securityGroup,
      userData: props.userData,
      requireImdsv2: true,
      httpPutResponseHopLimit: 1,
      blockDevices: [
        {
          deviceName: props.rootDeviceName,
          volume: ec2.BlockDeviceVolume.ebs(props.volumeSize.toGibibytes(), {
            encrypted: true,
            volumeType: ec2.EbsDeviceVolumeType.GP3,
            deleteOnTermination: true,
          }),
        },
      ],
    });
    Tags.of(launchTemplate).add('Name', props.groupName);

    this.autoScalingGroup = new autoscaling.AutoScalingGroup(this, 'Group', {
      autoScalingGroupName: props.groupName,
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      launchTemplate,
      minCapacity: props.minCapacity,
      maxCapacity: props.maxCapacity,
      healthChecks: props.healthChecks,
    });
    this.autoScalingGroup.attachToApplicationTargetGroup(props.targetGroup);
    Tags.of(this.autoScalingGroup).add('Name', props.groupName);
    this.autoScalingGroup.node.addDependency(...props.after);

    // A hook of its own resource would come after the first launches: https://github.com/aws/aws-cdk/issues/16356
    const group = this.autoScalingGroup.node.defaultChild as autoscaling.CfnAutoScalingGroup;
    group.lifecycleHookSpecificationList = [
      {
        lifecycleHookName: props.launchHookName,
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        defaultResult: 'ABANDON',
        heartbeatTimeout: props.bootTimeout.toSeconds(),
      },
    ];
  }
}
