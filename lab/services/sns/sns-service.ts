import * as sdk from '@aws-sdk/client-sns';
import type { LabContext } from '../../kernel/context';
import type { ResourceProvider } from '../../kernel/resources';
import { type AccessRequest, AwsError, type Operation, type Principal, type Service } from '../../kernel/service';
import { subscriptionProvider, type Topics, topicPolicyProvider, topicProvider } from './providers';

export interface SnsDeps {
  readonly iam: {
    check(principal: Principal, requests: readonly AccessRequest[]): void;
    attachResourcePolicy(arn: string, document: unknown, place: string): void;
    detachResourcePolicy(arn: string): void;
  };
}

/** A message that was published. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  /** The lab's time, in milliseconds since 1970. */
  readonly at: number;
}

const PUBLISH = ['Message', 'Subject', 'TopicArn'];
/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_BYTES = 262_144;
const MAX_SUBJECT = 100;

/** SNS: topics that record what is published. Nothing is delivered. */
export class SnsService implements Service, Topics {
  readonly signingName = 'sns';
  readonly sdk = sdk as unknown as Record<string, unknown>;
  readonly client = 'SNSClient';
  /** Everything that was published, in order. */
  readonly messages: PublishedMessage[] = [];
  readonly operations: Readonly<Record<string, Operation>> = {
    Publish: {
      authorize: ({ TopicArn }: sdk.PublishInput) => [{ action: 'sns:Publish', resource: TopicArn ?? '*' }],
      handle: (input: sdk.PublishInput) => ({ MessageId: this.accept(input) }),
    },
  };
  private readonly topics = new Set<string>();

  constructor(
    private readonly context: LabContext,
    private readonly deps: SnsDeps,
  ) {}

  providers(): ResourceProvider[] {
    return [topicProvider(this.context, this), topicPolicyProvider(this), subscriptionProvider(this.context)];
  }

  /**
   * Publishes for another service or a role.
   *
   * @param sourceArn what the message comes from, for the topic's policy: `aws:SourceArn`
   * @throws AwsError AccessDenied, NotFound
   */
  publishAs(caller: Principal, topicArn: string, message: string, sourceArn: string): void {
    const context = { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': this.context.account };
    this.deps.iam.check(caller, [{ action: 'sns:Publish', resource: topicArn, context }]);
    this.accept({ TopicArn: topicArn, Message: message });
  }

  createTopic(topicArn: string): void {
    this.topics.add(topicArn);
  }

  deleteTopic(topicArn: string): void {
    this.topics.delete(topicArn);
  }

  setTopicPolicy(topicArn: string, document: object, place: string): void {
    this.deps.iam.attachResourcePolicy(topicArn, document, place);
  }

  deleteTopicPolicy(topicArn: string): void {
    this.deps.iam.detachResourcePolicy(topicArn);
  }

  private accept(input: sdk.PublishInput): string {
    const { TopicArn: topicArn, Message: message = '', Subject: subject } = input;
    const unknown = Object.keys(input).filter((name) => !PUBLISH.includes(name));
    if (unknown.length > 0) throw new AwsError('NotImplemented', `Publish: the lab does not know ${unknown.join(', ')}`);
    if (topicArn === undefined || !this.topics.has(topicArn)) throw new AwsError('NotFound', `Topic does not exist: ${topicArn}`);
    if (message === '') throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
    if (Buffer.byteLength(message) > MAX_BYTES) throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
    if (subject !== undefined && (subject.length === 0 || subject.length > MAX_SUBJECT || /[\n\r]/.test(subject))) {
      throw new AwsError('InvalidParameter', 'Invalid parameter: Subject');
    }
    const messageId = this.context.random.uuid();
    this.messages.push({ messageId, topicArn, subject, message, at: this.context.clock.now() });
    return messageId;
  }
}
