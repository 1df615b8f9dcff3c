import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Release } from '../../lib/deployment/contract';
import { formatMigration, type Migration, parseMigration, progressOf } from '../core/database/migration';
import { DeploymentError } from '../core/errors';
import type { PastDeployment } from '../core/history';
import type { MetricJudgement } from '../core/judge/judgement';
import { checkHolder, checkNotAborted, type Holder, type Intent, type Lock } from '../core/lock';
import type { OutcomeVerdict } from '../core/outcome';
import type { Request } from '../core/request';
import { CLIENT_OPTIONS } from './client-options';
import { config } from './config';

const client = new DynamoDBClient(CLIENT_OPTIONS);
const TableName = config.table;
const pk = { S: `fleet#${config.fleet}` };
const LOCK_KEY = { pk, sk: { S: 'lock' } };

/** Reads the lock; undefined before the first deployment. */
export async function readLock(): Promise<Lock | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: LOCK_KEY, ConsistentRead: true }));
  return Item && lockOf(Item);
}

/** Reads the lock and throws `Fenced` unless this execution holds it. */
export async function readOwnLock(holder: Holder): Promise<Lock> {
  return checkHolder(await readLock(), holder);
}

/** Reads the lock and throws `Fenced` unless this execution holds it, or `Aborted` where it must roll back. */
export async function readLockToGoOn(holder: Holder): Promise<Lock> {
  return checkNotAborted(await readOwnLock(holder));
}

function lockOf(item: Record<string, AttributeValue>): Lock {
  const release = releaseOf(item, 'release');
  const previous = releaseOf(item, 'previous');
  const migration = parseMigration(item.migration?.S);
  return {
    epoch: Number(item.epoch.N),
    holder: item.holder?.S ?? '',
    since: item.since?.S ?? '',
    mode: (item.mode?.S ?? 'deploy') as Lock['mode'],
    intent: (item.intent?.S ?? 'begun') as Intent,
    activationEpoch: Number(item.activationEpoch?.N ?? item.epoch.N),
    ...(release && { release }),
    ...(previous && { previous }),
    ...(migration && { migration }),
    ...(item.maintenanceSince?.S && { maintenanceSince: item.maintenanceSince.S }),
    ...(item.alarmsCountFrom?.S && { alarmsCountFrom: item.alarmsCountFrom.S }),
    ...(item.protectedBefore?.S && { protectedBefore: item.protectedBefore.S.split(' ') }),
    ...(item.recovers?.S !== undefined && { recovers: item.recovers.S }),
    ...(item.abortReason?.S !== undefined && { abortReason: item.abortReason.S }),
  };
}

function releaseOf(item: Record<string, AttributeValue>, name: string): Release | undefined {
  const id = item[name]?.S;
  return id ? { id, sha256: item[`${name}Sha256`]?.S ?? '' } : undefined;
}

/** True where the condition held and the item was written; false where it did not. */
async function conditionally(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

/**
 * Writes a new holder with the next epoch, if the lock is still as it was read: `before` is undefined where there was none.
 * Returns whether it was.
 */
export async function takeLock(before: Lock | undefined, after: Lock & { readonly request: Request }): Promise<boolean> {
  const unchanged = before
    ? {
        ConditionExpression: 'epoch = :epoch AND holder = :holder',
        ExpressionAttributeValues: { ':epoch': { N: String(before.epoch) }, ':holder': { S: before.holder } },
      }
    : { ConditionExpression: 'attribute_not_exists(pk)' };
  const Item: Record<string, AttributeValue> = {
    ...LOCK_KEY,
    epoch: { N: String(after.epoch) },
    holder: { S: after.holder },
    since: { S: after.since },
    mode: { S: after.mode },
    intent: { S: after.intent },
    activationEpoch: { N: String(after.activationEpoch) },
    ...(after.migration && { migration: { S: formatMigration(after.migration) } }),
    ...(after.maintenanceSince && { maintenanceSince: { S: after.maintenanceSince } }),
    ...(after.protectedBefore && { protectedBefore: { S: after.protectedBefore.join(' ') } }),
    ...(after.recovers !== undefined && { recovers: { S: after.recovers } }),
    reason: { S: after.request.reason },
    requestedBy: { S: after.request.requestedBy },
    ...releaseAttributes('release', after.release),
    ...releaseAttributes('previous', after.previous),
  };
  return conditionally(client.send(new PutItemCommand({ TableName, Item, ...unchanged })));
}

function releaseAttributes(name: string, release: Release | undefined): Record<string, AttributeValue> {
  return release ? { [name]: { S: release.id }, [`${name}Sha256`]: { S: release.sha256 } } : {};
}

/** What the way back needs to know. */
export interface StateBefore {
  readonly release: Release;
  readonly previous?: Release;
  readonly protectedBefore: readonly string[];
}

/** Records what is about to be done. Throws `Fenced` unless this execution holds the lock. */
export async function recordIntent(holder: Holder, intent: Intent, before?: StateBefore): Promise<void> {
  const values: Record<string, AttributeValue> = { intent: { S: intent } };
  if (before) {
    Object.assign(values, releaseAttributes('release', before.release), releaseAttributes('previous', before.previous));
    if (before.protectedBefore.length > 0) values.protectedBefore = { S: before.protectedBefore.join(' ') };
  }
  await setAttributes(holder, values);
}

/** Records what is about to be done to the database, or has been. Throws `Fenced` unless this execution holds the lock. */
export async function recordMigration(holder: Holder, migration: Migration): Promise<void> {
  await setAttributes(holder, { migration: { S: formatMigration(migration) } });
}

/** Records that the maintenance page is about to be shown. Throws `Fenced` unless this execution holds the lock. */
export async function recordMaintenance(holder: Holder, since: string): Promise<void> {
  await setAttributes(holder, { maintenanceSince: { S: since } });
}

/** Records that no instance shows the maintenance page any more, and from when critical alarms count again. */
export async function forgetMaintenance(holder: Holder, alarmsCountFrom: string): Promise<void> {
  await setAttributes(holder, { maintenanceSince: { S: '' }, alarmsCountFrom: { S: alarmsCountFrom } });
}

async function setAttributes(holder: Holder, values: Record<string, AttributeValue>): Promise<void> {
  const names = Object.keys(values);
  await fenced(
    holder,
    new UpdateItemCommand({
      TableName,
      Key: LOCK_KEY,
      UpdateExpression: `SET ${names.map((_, index) => `#${index} = :${index}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
      ConditionExpression: HELD,
      ExpressionAttributeValues: { ...Object.fromEntries(names.map((name, index) => [`:${index}`, values[name]])), ...heldBy(holder) },
    }),
  );
}

const HELD = 'holder = :holder AND epoch = :epoch';

function heldBy({ execution, epoch }: Holder): Record<string, AttributeValue> {
  return { ':holder': { S: execution }, ':epoch': { N: String(epoch) } };
}

async function fenced(holder: Holder, update: UpdateItemCommand): Promise<void> {
  if (await conditionally(client.send(update))) return;
  throw new DeploymentError('Fenced', `the lock must be held by ${holder.execution} in epoch ${holder.epoch}, but it is not any more`);
}

/**
 * Asks whoever holds the lock to roll back. Returns the holder, or undefined where nobody was asked: the lock is free, or
 * `sparesRollbacks` and it is a rollback that holds it. The first reason stays.
 */
export async function flagAbort(reason: string, sparesRollbacks: boolean): Promise<string | undefined> {
  try {
    const answer = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: LOCK_KEY,
        UpdateExpression: 'SET abortReason = if_not_exists(abortReason, :reason)',
        ConditionExpression: `attribute_exists(pk) AND holder <> :nobody${sparesRollbacks ? ' AND #mode <> :rollback' : ''}`,
        ...(sparesRollbacks && { ExpressionAttributeNames: { '#mode': 'mode' } }),
        ExpressionAttributeValues: {
          ':reason': { S: reason },
          ':nobody': { S: '' },
          ...(sparesRollbacks && { ':rollback': { S: 'rollback' } }),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return answer.Attributes?.holder?.S;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return undefined;
    throw error;
  }
}

/** Frees the lock. It keeps its epoch. Does nothing where it is free already in this epoch. */
export async function freeLock(holder: Holder): Promise<void> {
  const lock = await readLock();
  if (lock?.epoch === holder.epoch && lock.holder === '') return;
  await fenced(
    holder,
    new UpdateItemCommand({
      TableName,
      Key: LOCK_KEY,
      UpdateExpression:
        'SET holder = :nobody REMOVE intent, #mode, since, reason, requestedBy, #release, releaseSha256, previous, previousSha256, abortReason, activationEpoch, recovers, protectedBefore, migration, maintenanceSince, alarmsCountFrom',
      ExpressionAttributeNames: { '#mode': 'mode', '#release': 'release' },
      ConditionExpression: HELD,
      ExpressionAttributeValues: { ':nobody': { S: '' }, ...heldBy(holder) },
    }),
  );
}

/** What is kept of a deployment that has ended. */
export interface HistoryEntry {
  readonly epoch: number;
  readonly verdict: OutcomeVerdict;
  readonly committed: boolean;
  readonly request: Request;
  readonly release: string;
  readonly previous: string;
  readonly cause: string;
  readonly plan: string;
  readonly metrics: readonly MetricJudgement[];
  readonly database: string;
  readonly maintenanceSeconds: number;
  readonly migration?: Migration;
  readonly execution: string;
  readonly endedAt: string;
}

/** Writes the record of a deployment; the same again changes nothing. */
export async function recordHistory(entry: HistoryEntry): Promise<void> {
  const text = (value: string): AttributeValue => ({ S: value });
  const { request } = entry;
  await client.send(
    new PutItemCommand({
      TableName,
      Item: {
        pk,
        sk: text(`deployment#${String(entry.epoch).padStart(10, '0')}`),
        epoch: { N: String(entry.epoch) },
        verdict: text(entry.verdict),
        committed: { BOOL: entry.committed },
        mode: text(request.mode),
        bootstrap: { BOOL: request.bootstrap },
        ref: text(request.ref),
        release: text(entry.release),
        previous: text(entry.previous),
        cause: text(entry.cause),
        plan: text(entry.plan),
        metrics: text(JSON.stringify(entry.metrics)),
        database: text(entry.database),
        maintenanceSeconds: { N: String(entry.maintenanceSeconds) },
        migration: text(progressOf(entry.migration)),
        reason: text(request.reason),
        requestedBy: text(request.requestedBy),
        execution: text(entry.execution),
        endedAt: text(entry.endedAt),
      },
    }),
  );
}

/** The last deployments, the newest first: at most one page of a hundred. */
export async function lastDeployments(): Promise<PastDeployment[]> {
  const answer = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: { ':pk': pk, ':sk': { S: 'deployment#' } },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: 100,
    }),
  );
  return (answer.Items ?? []).map((item) => ({
    committed: item.committed.BOOL === true,
    mode: item.mode.S!,
    release: item.release.S!,
    previous: item.previous.S!,
    migration: item.migration?.S ?? '',
  }));
}
