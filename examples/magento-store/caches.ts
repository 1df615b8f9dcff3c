import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DATA, type Network } from './network';

/** Valkey, twice: caches give way when memory is short, sessions never do. */
export class Caches extends Construct {
  /** Default cache and pages. */
  readonly cache: elasticache.CfnReplicationGroup;
  readonly sessions: elasticache.CfnReplicationGroup;
  /** Secret whose text is the password of both. */
  readonly token: secretsmanager.Secret;
  private readonly subnets: elasticache.CfnSubnetGroup;
  private readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, { vpc, instances }: Network) {
    super(scope, id);
    this.token = new secretsmanager.Secret(this, 'Token', {
      description: 'Password of the caches and of the sessions of the store',
      generateSecretString: { excludePunctuation: true, passwordLength: 64 },
    });
    this.subnets = new elasticache.CfnSubnetGroup(this, 'Subnets', {
      description: 'Caches and sessions of the store',
      subnetIds: vpc.selectSubnets(DATA).subnetIds,
    });
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Caches and sessions of the store',
      allowAllOutbound: false,
    });
    this.securityGroup.connections.allowFrom(instances, ec2.Port.tcp(6379), 'instances of the store');

    this.cache = this.group('Cache', 'cache.t4g.medium', 'volatile-lru');
    this.sessions = this.group('Sessions', 'cache.t4g.small', 'noeviction');
  }

  private group(id: string, cacheNodeType: string, evictionPolicy: string): elasticache.CfnReplicationGroup {
    const parameters = new elasticache.CfnParameterGroup(this, `${id}Parameters`, {
      cacheParameterGroupFamily: 'valkey8',
      description: `${id} of the store`,
      properties: { 'maxmemory-policy': evictionPolicy },
    });
    return new elasticache.CfnReplicationGroup(this, id, {
      replicationGroupDescription: `${id} of the store`,
      engine: 'valkey',
      engineVersion: '8.0',
      cacheNodeType,
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
      // A reference that CloudFormation resolves: the password is not in the template.
      authToken: this.token.secretValue.unsafeUnwrap(),
      cacheSubnetGroupName: this.subnets.ref,
      cacheParameterGroupName: parameters.ref,
      securityGroupIds: [this.securityGroup.securityGroupId],
    });
  }
}
