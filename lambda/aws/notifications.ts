import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Outcome } from '../core/outcome';
import { CLIENT_OPTIONS } from './client-options';
import { config } from './config';

const client = new SNSClient(CLIENT_OPTIONS);

/** Tells the topic how a deployment ended: the subject for people, the message as JSON. */
export async function notify(outcome: Outcome): Promise<void> {
  const subject = `${outcome.fleet}: ${outcome.release || 'deployment'} ${outcome.verdict}`.replace(/[^ -~]/g, '?').slice(0, 100);
  await client.send(new PublishCommand({ TopicArn: config.topicArn, Subject: subject, Message: JSON.stringify(outcome, undefined, 2) }));
}
