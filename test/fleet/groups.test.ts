import { Size } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { fleetTemplate, groupOf } from './fleet-stack';

const template = fleetTemplate({ minCapacity: 3, maxCapacity: 7 });

describe('the Auto Scaling groups', () => {
  test('are two with explicit names, the canary group empty at rest', () => {
    template.resourceCountIs('AWS::AutoScaling::AutoScalingGroup', 2);
    expect(groupOf(template, 'shop-stable').Properties).toMatchObject({ MinSize: '3', MaxSize: '7' });
    expect(groupOf(template, 'shop-canary').Properties).toMatchObject({ MinSize: '0', MaxSize: '7' });
  });

  test.each(['stable', 'canary'])('%s leaves capacity and protection to the deployment', (role) => {
    const properties = groupOf(template, `shop-${role}`).Properties;
    expect(properties).not.toHaveProperty('DesiredCapacity');
    expect(properties).not.toHaveProperty('NewInstancesProtectedFromScaleIn');
    expect(properties).not.toHaveProperty('LaunchConfigurationName');
  });

  test('only stable instances are replaced on the word of the load balancer', () => {
    expect(groupOf(template, 'shop-stable').Properties).toMatchObject({ HealthCheckType: 'ELB', HealthCheckGracePeriod: 120 });
    expect(groupOf(template, 'shop-canary').Properties).toMatchObject({ HealthCheckType: 'EC2' });
  });

  test.each(['stable', 'canary'])('%s holds its launch hook in its own properties, so that the first instance waits in it', (role) => {
    expect(groupOf(template, `shop-${role}`).Properties.LifecycleHookSpecificationList).toEqual([
      {
        LifecycleHookName: 'shop-launch',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        DefaultResult: 'ABANDON',
        HeartbeatTimeout: 900,
      },
    ]);
    template.resourceCountIs('AWS::AutoScaling::LifecycleHook', 0);
  });

  test.each(['stable', 'canary'])('%s boots at a numbered version of its own launch template, after the rules and the way out', (role) => {
    const { Properties, DependsOn } = groupOf(template, `shop-${role}`);
    const { LaunchTemplateId, Version } = Properties.LaunchTemplate as { LaunchTemplateId: { Ref: string }; Version: unknown };
    expect(Version).toEqual({ 'Fn::GetAtt': [LaunchTemplateId.Ref, 'LatestVersionNumber'] });
    expect(DependsOn).toEqual(
      expect.arrayContaining([
        ...Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule')),
        expect.stringMatching(/^VpcPrivateSubnet1DefaultRoute/),
      ]),
    );
  });

  test('each registers with the target group of its own', () => {
    const arns = ['shop-stable', 'shop-canary'].map((name) => JSON.stringify(groupOf(template, name).Properties.TargetGroupARNs));
    expect(arns[0]).toContain('TrafficStable');
    expect(arns[1]).toContain('TrafficCanary');
  });
});

describe('the launch templates', () => {
  test('require IMDSv2 within one hop, encrypt the volume and have no key', () => {
    const launchTemplates = template.findResources('AWS::EC2::LaunchTemplate');
    expect(Object.keys(launchTemplates)).toHaveLength(2);
    template.allResourcesProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeSize: 20, VolumeType: 'gp3' } }],
        KeyName: Match.absent(),
      },
    });
  });

  test('share image and type, and have an instance profile each', () => {
    const data = Object.values(template.findResources('AWS::EC2::LaunchTemplate')).map(({ Properties }) => Properties.LaunchTemplateData);
    for (const name of ['ImageId', 'InstanceType', 'SecurityGroupIds']) expect(data[0][name]).toEqual(data[1][name]);
    expect(data[0].IamInstanceProfile).not.toEqual(data[1].IamInstanceProfile);
    template.resourceCountIs('AWS::IAM::InstanceProfile', 2);
  });

  test.each([
    ['t4g.small', 'arm64'],
    ['m7i.large', 'x86_64'],
  ])('an instance of type %s boots the image for %s', (type, architecture) => {
    const parameters = fleetTemplate({ instanceType: new ec2.InstanceType(type) }).toJSON().Parameters as Record<
      string,
      { Default: string }
    >;
    const images = Object.values(parameters).filter(({ Default }) => Default.includes('al2023'));
    expect(images.map(({ Default }) => Default)).toEqual([
      expect.stringMatching(new RegExp(`^/aws/service/ami-amazon-linux-latest/.*${architecture}$`)),
    ]);
  });

  test('take the size and the device of the volume from the properties', () => {
    fleetTemplate({ volumeSize: Size.gibibytes(80), rootDeviceName: '/dev/sda1' }).allResourcesProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 80 } }] },
    });
  });
});
