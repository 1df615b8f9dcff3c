import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as opensearch from 'aws-cdk-lib/aws-opensearchservice';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DATA, type Network } from './network';

/** OpenSearch with a user and a password, which Magento can give; it cannot sign requests for IAM. */
export class Search extends Construct {
  readonly domain: opensearch.Domain;
  /** JSON with `username` and `password`. */
  readonly user: secretsmanager.Secret;

  constructor(scope: Construct, id: string, { vpc, instances }: Network, domainName: string) {
    super(scope, id);
    this.user = new secretsmanager.Secret(this, 'User', {
      description: 'User of the search of the store',
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: 'magento' }),
        generateStringKey: 'password',
        // Magento puts it into an address as it is, and OpenSearch wants a special character.
        excludeCharacters: ` !"#$%&'()*+,/:;<=>?@[\\]^\`{|}~`,
      },
    });
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Search of the store',
      allowAllOutbound: false,
    });
    securityGroup.connections.allowFrom(instances, ec2.Port.tcp(443), 'instances of the store');

    this.domain = new opensearch.Domain(this, 'Domain', {
      domainName,
      version: opensearch.EngineVersion.OPENSEARCH_2_19,
      vpc,
      vpcSubnets: [DATA],
      securityGroups: [securityGroup],
      capacity: { dataNodes: 2, dataNodeInstanceType: 'm6g.large.search', multiAzWithStandbyEnabled: false },
      zoneAwareness: { availabilityZoneCount: 2 },
      ebs: { volumeSize: 20, volumeType: ec2.EbsDeviceVolumeType.GP3 },
      enforceHttps: true,
      nodeToNodeEncryption: true,
      encryptionAtRest: { enabled: true },
      fineGrainedAccessControl: { masterUserName: 'magento', masterUserPassword: this.user.secretValueFromJson('password') },
      // Its content is made anew by an index run.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // The domain itself asks for the password. As a property of the resource, it takes no function of CDK's to set it.
    (this.domain.node.defaultChild as opensearch.CfnDomain).accessPolicies = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: 'es:ESHttp*',
          Resource: Stack.of(this).formatArn({ service: 'es', resource: 'domain', resourceName: `${domainName}/*` }),
        },
      ],
    };
  }
}
