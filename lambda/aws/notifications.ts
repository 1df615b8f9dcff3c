import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Outcome } from '../core/outcome';
import { CLIENT_OPTIONS } from './client-options';
import { config } from './config';

const client = new SNSClient(CLIENT_OPTIONS);

/** Tells the topic how a deployment ended: the subject for people, the message as JSON. */
export async function notify(outcome: Outcome): Promise<void> {
  await publish(`${outcome.fleet}: ${outcome.release || 'deployment'} ${outcome.verdict}`, outcome);
}

/** What people are told of a recovery that did not end well: the lock is taken, and another one starts. */
export interface FailedRecovery {
  readonly fleet: string;
  readonly epoch: number;
  readonly execution: string;
  /** One English sentence. */
  readonly cause: string;
}

/** Tells the topic that a recovery failed. */
export async function notifyFailedRecovery(failed: FailedRecovery): Promise<void> {
  await publish(`${failed.fleet}: recovery failed`, failed);
}

async function publish(subject: string, message: object): Promise<void> {
  const Subject = subject.replace(/[^ -~]/g, '?').slice(0, 100);
  await client.send(new PublishCommand({ TopicArn: config.topicArn, Subject, Message: JSON.stringify(message, undefined, 2) }));
}
