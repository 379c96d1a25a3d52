import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { localClient } from '../stack/aws.ts';

/** An event as a rule's target receives it. */
export interface BusEvent {
  readonly id: string;
  readonly time: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

const RULE = 'observer';

async function createObserverQueue(sqs: SQSClient): Promise<{ url: string; arn: string }> {
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: RULE }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return { url, arn: Attributes?.['QueueArn'] ?? '' };
}

/** Sends all events of a bus to a queue. */
async function observe(
  events: EventBridgeClient,
  EventBusName: string,
  queueArn: string,
): Promise<void> {
  const EventPattern = JSON.stringify({ source: [{ prefix: '' }] });
  const Targets = [{ Id: RULE, Arn: queueArn }];
  await events.send(new PutRuleCommand({ Name: RULE, EventBusName, EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: RULE, EventBusName, Targets }));
}

async function receiveTen(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
  return (await sqs.send(command)).Messages ?? [];
}

function deleteTen(sqs: SQSClient, QueueUrl: string, messages: readonly Message[]) {
  const Entries = messages.map(({ ReceiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle,
  }));
  return sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}

/** Records every event on the buses through its own rules and queue, so that each hop is observed, not assumed. */
export async function observeBus(endpoint: string, busName: string, ...others: string[]) {
  const sqs = new SQSClient(localClient(endpoint));
  const events = new EventBridgeClient(localClient(endpoint));
  const { url, arn } = await createObserverQueue(sqs);
  // A previous observer may have left events in the queue.
  await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
  for (const name of [busName, ...others]) await observe(events, name, arn);
  const seen: BusEvent[] = [];

  const receive = async (): Promise<void> => {
    let messages = await receiveTen(sqs, url);
    while (messages.length > 0) {
      seen.push(...messages.map(({ Body = '{}' }): BusEvent => JSON.parse(Body)));
      await deleteTen(sqs, url, messages);
      messages = await receiveTen(sqs, url);
    }
  };

  return {
    /** The first matching event since the observer was created. */
    find: async (matches: (event: BusEvent) => boolean): Promise<BusEvent | undefined> => {
      await receive();
      return seen.find(matches);
    },
    /** All matching events since the observer was created. */
    filter: async (matches: (event: BusEvent) => boolean): Promise<BusEvent[]> => {
      await receive();
      return seen.filter(matches);
    },
    count: (matches: (event: BusEvent) => boolean): number => seen.filter(matches).length,
    /** Observes only the first bus from now on. */
    leaveOthers: async (): Promise<void> => {
      for (const EventBusName of others) {
        await events.send(new RemoveTargetsCommand({ Rule: RULE, EventBusName, Ids: [RULE] }));
        await events.send(new DeleteRuleCommand({ Name: RULE, EventBusName }));
      }
    },
    put: (Source: string, DetailType: string, detail: object) => {
      const entry = { EventBusName: busName, Source, DetailType, Detail: JSON.stringify(detail) };
      return events.send(new PutEventsCommand({ Entries: [entry] }));
    },
  };
}

export type Observer = Awaited<ReturnType<typeof observeBus>>;
