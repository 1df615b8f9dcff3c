import { arn, type LabContext } from '../../kernel/context';
import { type CreatedResource, type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';

/** What the providers do to the service. */
export interface Topics {
  createTopic(topicArn: string): void;
  deleteTopic(topicArn: string): void;
  setTopicPolicy(topicArn: string, document: object, place: string): void;
  deleteTopicPolicy(topicArn: string): void;
}

/** Known properties; all but `TopicName` change nothing here. */
const TOPIC = ['DisplayName', 'KmsMasterKeyId', 'Tags', 'TopicName', 'TracingConfig'];
const SUBSCRIPTION = ['Endpoint', 'Protocol', 'TopicArn'];
/** Messages to people are recorded and not sent; a subscriber that would act on them is refused. */
const PROTOCOLS = ['email', 'email-json', 'sms'];

export function topicProvider(context: LabContext, topics: Topics): ResourceProvider {
  const created = (topicArn: string): CreatedResource => ({
    ref: topicArn,
    attributes: { TopicArn: topicArn, TopicName: topicArn.slice(topicArn.lastIndexOf(':') + 1) },
  });
  return {
    type: 'AWS::SNS::Topic',
    create(resource) {
      refuseUnknownProperties(resource, TOPIC);
      const topicArn = arn(context, 'sns', resource.properties.TopicName ?? `${resource.logicalId}-${context.random.hex(12)}`);
      topics.createTopic(topicArn);
      return created(topicArn);
    },
    update(resource, topicArn) {
      refuseUnknownProperties(resource, TOPIC);
      return created(topicArn);
    },
    delete: (topicArn) => topics.deleteTopic(topicArn),
  };
}

export function topicPolicyProvider(topics: Topics): ResourceProvider {
  const put = (resource: ResolvedResource): CreatedResource => {
    refuseUnknownProperties(resource, ['PolicyDocument', 'Topics']);
    const { PolicyDocument, Topics: topicArns } = resource.properties;
    for (const topicArn of topicArns) topics.setTopicPolicy(topicArn, PolicyDocument, `${resource.logicalId} (${resource.type})`);
    return { ref: topicArns.join() };
  };
  return {
    type: 'AWS::SNS::TopicPolicy',
    create: put,
    update: put,
    delete(ref) {
      for (const topicArn of ref.split(',')) topics.deleteTopicPolicy(topicArn);
    },
  };
}

export function subscriptionProvider(context: LabContext): ResourceProvider {
  const put = (resource: ResolvedResource, ref: string): CreatedResource => {
    refuseUnknownProperties(resource, SUBSCRIPTION);
    const { Protocol } = resource.properties;
    if (!PROTOCOLS.includes(Protocol)) {
      throw new Error(
        `${resource.logicalId} (${resource.type}): 'Protocol' must be one of ${PROTOCOLS.join(', ')} in the lab, got ${Protocol}`,
      );
    }
    return { ref };
  };
  return {
    type: 'AWS::SNS::Subscription',
    create: (resource) => put(resource, `${resource.properties.TopicArn}:${context.random.uuid()}`),
    update: put,
    delete: () => {},
  };
}
