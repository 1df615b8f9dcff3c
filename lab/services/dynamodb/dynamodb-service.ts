import * as sdk from '@aws-sdk/client-dynamodb';
import { arn, type LabContext } from '../../kernel/context';
import type { ResourceProvider } from '../../kernel/resources';
import { type AccessRequest, AwsError, type Operation, type Service } from '../../kernel/service';
import type { Item } from './attribute-value';
import { parseCondition } from './condition';
import { refuseMembers } from './members';
import { tableProvider } from './provider';
import type { Table } from './table';
import { parseUpdate } from './update';

/** Amazon DynamoDB: tables with string keys, conditional writes and queries of one partition. Every read is consistent. */
export class DynamoDbService implements Service {
  readonly signingName = 'dynamodb';
  readonly sdk = sdk as unknown as Record<string, unknown>;
  readonly client = 'DynamoDBClient';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly tables = new Map<string, Table>();

  constructor(private readonly context: LabContext) {
    this.operations = {
      GetItem: { authorize: (input) => this.ask('GetItem', input.TableName, input.Key), handle: (input) => this.getItem(input) },
      PutItem: { authorize: (input) => this.ask('PutItem', input.TableName, input.Item), handle: (input) => this.putItem(input) },
      UpdateItem: { authorize: (input) => this.ask('UpdateItem', input.TableName, input.Key), handle: (input) => this.updateItem(input) },
      DeleteItem: { authorize: (input) => this.ask('DeleteItem', input.TableName, input.Key), handle: (input) => this.deleteItem(input) },
      Query: { authorize: (input) => this.askQuery(input), handle: (input) => this.query(input) },
    };
  }

  providers(): ResourceProvider[] {
    return [tableProvider(this.context, this.tables)];
  }

  /** Every item of a table, for comparisons and reports. */
  items(tableName: string): Item[] {
    return structuredClone(this.table(tableName).all());
  }

  private table(name: string | undefined): Table {
    const table = this.tables.get(name?.split('/').at(-1) ?? '');
    if (table === undefined) throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
    return table;
  }

  /** `dynamodb:LeadingKeys` is the partition key of the item that is asked for. */
  private ask(action: string, tableName: string | undefined, key: Item | undefined): AccessRequest[] {
    const name = tableName?.split('/').at(-1) ?? '';
    const leading = key?.[this.tables.get(name)?.keys.partition ?? '']?.S;
    return [
      {
        action: `dynamodb:${action}`,
        resource: arn(this.context, 'dynamodb', `table/${name}`),
        ...(leading !== undefined && { context: { 'dynamodb:LeadingKeys': [leading] } }),
      },
    ];
  }

  private askQuery(input: sdk.QueryCommandInput): AccessRequest[] {
    const name = input.TableName?.split('/').at(-1) ?? '';
    const table = this.tables.get(name);
    if (table === undefined) return this.ask('Query', name, undefined);
    const { partition } = table.keys;
    const clause = /^\s*([#\w]+)\s*=\s*(:\w+)/.exec(input.KeyConditionExpression ?? '');
    const isPartition = clause !== null && (input.ExpressionAttributeNames?.[clause[1]] ?? clause[1]) === partition;
    const value = isPartition ? input.ExpressionAttributeValues?.[clause[2]] : undefined;
    return this.ask('Query', name, value && { [partition]: value });
  }

  private getItem(input: sdk.GetItemCommandInput): Partial<sdk.GetItemCommandOutput> {
    refuseMembers('GetItem', input, ['TableName', 'Key', 'ConsistentRead']);
    const item = this.table(input.TableName).get(input.Key!);
    return item === undefined ? {} : { Item: structuredClone(item) };
  }

  private putItem(input: sdk.PutItemCommandInput): Partial<sdk.PutItemCommandOutput> {
    refuseMembers('PutItem', input, ['TableName', 'Item', ...CONDITIONAL]);
    const table = this.table(input.TableName);
    const before = table.get(input.Item!);
    checkCondition(input, before);
    table.put(structuredClone(input.Item!));
    return returned(input.ReturnValues, before, undefined);
  }

  private updateItem(input: sdk.UpdateItemCommandInput): Partial<sdk.UpdateItemCommandOutput> {
    refuseMembers('UpdateItem', input, ['TableName', 'Key', 'UpdateExpression', ...CONDITIONAL]);
    const table = this.table(input.TableName);
    const before = table.get(input.Key!);
    checkCondition(input, before);
    const after = parseUpdate(input.UpdateExpression ?? '', substitutions(input))(before ?? table.keyOf(input.Key!));
    table.put(after);
    return returned(input.ReturnValues, before, after);
  }

  private deleteItem(input: sdk.DeleteItemCommandInput): Partial<sdk.DeleteItemCommandOutput> {
    refuseMembers('DeleteItem', input, ['TableName', 'Key', ...CONDITIONAL]);
    const table = this.table(input.TableName);
    const before = table.get(input.Key!);
    checkCondition(input, before);
    table.delete(input.Key!);
    return returned(input.ReturnValues, before, undefined);
  }

  private query(input: sdk.QueryCommandInput): Partial<sdk.QueryCommandOutput> {
    refuseMembers('Query', input, [
      'TableName',
      'KeyConditionExpression',
      'ExpressionAttributeNames',
      'ExpressionAttributeValues',
      'ScanIndexForward',
      'Limit',
      'ConsistentRead',
      'ExclusiveStartKey',
    ]);
    const table = this.table(input.TableName);
    const matches = parseCondition(input.KeyConditionExpression ?? '', substitutions(input));
    let found = table.all().filter(matches);
    if (input.ScanIndexForward === false) found.reverse();
    if (input.ExclusiveStartKey !== undefined) {
      const start = table.get(input.ExclusiveStartKey);
      if (start !== undefined) found = found.slice(found.indexOf(start) + 1);
    }
    const page = found.slice(0, input.Limit);
    return {
      Items: structuredClone(page),
      Count: page.length,
      ScannedCount: page.length,
      ...(page.length < found.length && { LastEvaluatedKey: table.keyOf(page[page.length - 1]) }),
    };
  }
}

const CONDITIONAL = [
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValues',
  'ReturnValuesOnConditionCheckFailure',
];

interface Conditional {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, sdk.AttributeValue>;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

function substitutions({ ExpressionAttributeNames: names, ExpressionAttributeValues: values }: Conditional) {
  return { names, values };
}

function checkCondition(input: Conditional, before: Item | undefined): void {
  if (input.ConditionExpression === undefined) return;
  if (parseCondition(input.ConditionExpression, substitutions(input))(before ?? {})) return;
  const tell = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined;
  throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', tell ? { Item: structuredClone(before) } : {});
}

function returned(which: string | undefined, before: Item | undefined, after: Item | undefined): { Attributes?: Item } {
  if (which === 'ALL_OLD') return before === undefined ? {} : { Attributes: structuredClone(before) };
  if (which === 'ALL_NEW') return { Attributes: structuredClone(after) };
  if (which !== undefined && which !== 'NONE') throw new AwsError('ValidationException', `the lab does not know ReturnValues ${which}`);
  return {};
}
