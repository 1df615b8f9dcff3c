import type { CreatedResource, ResolvedResource } from '../kernel/resources';

/**
 * Resources that are accepted and do nothing here, with their attributes: networks (the lab's instances are on loopback),
 * log groups and what only people look at. `{id}` stands for the resource's made-up identifier.
 */
const INERT: Readonly<Record<string, { readonly ref: string; readonly attributes?: Readonly<Record<string, string>> }>> = {
  'AWS::EC2::VPC': {
    ref: 'vpc-{id}',
    attributes: { VpcId: 'vpc-{id}', CidrBlock: '10.0.0.0/16', DefaultSecurityGroup: 'sg-{id}', DefaultNetworkAcl: 'acl-{id}' },
  },
  'AWS::EC2::Subnet': { ref: 'subnet-{id}', attributes: { SubnetId: 'subnet-{id}', AvailabilityZone: 'a' } },
  'AWS::EC2::RouteTable': { ref: 'rtb-{id}', attributes: { RouteTableId: 'rtb-{id}' } },
  'AWS::EC2::Route': { ref: 'route-{id}' },
  'AWS::EC2::SubnetRouteTableAssociation': { ref: 'rtbassoc-{id}', attributes: { Id: 'rtbassoc-{id}' } },
  'AWS::EC2::InternetGateway': { ref: 'igw-{id}', attributes: { InternetGatewayId: 'igw-{id}' } },
  'AWS::EC2::VPCGatewayAttachment': { ref: 'attachment-{id}' },
  'AWS::EC2::EIP': { ref: '192.0.2.1', attributes: { AllocationId: 'eipalloc-{id}', PublicIp: '192.0.2.1' } },
  'AWS::EC2::NatGateway': { ref: 'nat-{id}', attributes: { NatGatewayId: 'nat-{id}' } },
  'AWS::EC2::VPCEndpoint': { ref: 'vpce-{id}', attributes: { Id: 'vpce-{id}' } },
  'AWS::EC2::FlowLog': { ref: 'fl-{id}', attributes: { Id: 'fl-{id}' } },
  'AWS::EC2::SecurityGroup': { ref: 'sg-{id}', attributes: { GroupId: 'sg-{id}', VpcId: 'vpc-{id}' } },
  'AWS::EC2::SecurityGroupIngress': { ref: 'sgr-{id}', attributes: { Id: 'sgr-{id}' } },
  'AWS::EC2::SecurityGroupEgress': { ref: 'sgr-{id}', attributes: { Id: 'sgr-{id}' } },
  'AWS::Logs::LogGroup': { ref: 'log-{id}', attributes: { Arn: 'arn:aws:logs:{region}:{account}:log-group:log-{id}:*' } },
  'AWS::CloudWatch::Dashboard': { ref: 'dashboard-{id}' },
  'AWS::CDK::Metadata': { ref: 'metadata-{id}' },
};

/** Whether a type is accepted without doing anything. */
export function isInert(type: string): boolean {
  return type in INERT;
}

/** The names that an inert resource gets; a log group keeps the name that the template gives it. */
export function createInert(
  resource: ResolvedResource,
  place: { readonly id: string; readonly region: string; readonly account: string },
): CreatedResource {
  const { ref, attributes = {} } = INERT[resource.type];
  const name = resource.properties.LogGroupName as string | undefined;
  const fill = (text: string) =>
    (name === undefined ? text : text.replace('log-{id}', name))
      .replaceAll('{id}', place.id)
      .replace('{region}', place.region)
      .replace('{account}', place.account);
  return { ref: fill(ref), attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, fill(value)])) };
}
