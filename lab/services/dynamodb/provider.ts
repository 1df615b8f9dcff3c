import { arn, type LabContext } from '../../kernel/context';
import { type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import { type KeySchema, Table } from './table';

const KNOWN = [
  'TableName',
  'KeySchema',
  'AttributeDefinitions',
  'BillingMode',
  'SSESpecification',
  'PointInTimeRecoverySpecification',
  'DeletionProtectionEnabled',
  'TimeToLiveSpecification',
  'Tags',
];

/** Creates tables with a string partition key and, where the schema has one, a string sort key. */
export function tableProvider(context: LabContext, tables: Map<string, Table>): ResourceProvider {
  const created = (name: string) => ({ ref: name, attributes: { Arn: arn(context, 'dynamodb', `table/${name}`) } });
  return {
    type: 'AWS::DynamoDB::Table',
    create: (resource) => {
      refuseUnknownProperties(resource, KNOWN);
      const name = resource.properties.TableName ?? `${resource.logicalId}-${context.random.hex(12)}`;
      tables.set(name, new Table(name, readKeys(resource)));
      return created(name);
    },
    update: (resource, name) => {
      refuseUnknownProperties(resource, KNOWN);
      const { partition, sort } = readKeys(resource);
      const { keys } = tables.get(name)!;
      if (partition !== keys.partition || sort !== keys.sort)
        throw new Error(`${resource.logicalId}: a change of the key schema replaces the table, which the lab does not do`);
      return created(name);
    },
    delete: (name) => void tables.delete(name),
  };
}

function readKeys({ logicalId, properties }: ResolvedResource): KeySchema {
  const name = (type: string) => properties.KeySchema.find((key: { KeyType: string }) => key.KeyType === type)?.AttributeName;
  for (const { AttributeName, AttributeType } of properties.AttributeDefinitions) {
    if (AttributeType !== 'S') throw new Error(`${logicalId}: the lab knows string keys, got type ${AttributeType} of ${AttributeName}`);
  }
  return { partition: name('HASH'), sort: name('RANGE') };
}
