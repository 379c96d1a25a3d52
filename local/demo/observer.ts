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

/** Records every event on the buses through its own rules and queue, so that each hop is observed, not assumed. */
export async function observeBus(endpoint: string, busName: string, ...others: string[]) {
  const sqs = new SQSClient(localClient(endpoint));
  const events = new EventBridgeClient(localClient(endpoint));
  const { url, arn } = await createObserverQueue(sqs);
  // A previous observer may have left events in the queue.
  await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
  const EventPattern = JSON.stringify({ source: [{ prefix: '' }] });
  const Targets = [{ Id: RULE, Arn: arn }];
  for (const EventBusName of [busName, ...others]) {
    await events.send(new PutRuleCommand({ Name: RULE, EventBusName, EventPattern }));
    await events.send(new PutTargetsCommand({ Rule: RULE, EventBusName, Targets }));
  }
  const seen: BusEvent[] = [];

  /** Returns whether there were messages. */
  const receiveSome = async (): Promise<boolean> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return false;
    seen.push(...Messages.map(({ Body = '{}' }): BusEvent => JSON.parse(Body)));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
    }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    return true;
  };

  const receive = async (): Promise<void> => {
    while (await receiveSome());
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
    put: (source: string, detailType: string, detail: object) =>
      events.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: busName,
              Source: source,
              DetailType: detailType,
              Detail: JSON.stringify(detail),
            },
          ],
        }),
      ),
  };
}

export type Observer = Awaited<ReturnType<typeof observeBus>>;
