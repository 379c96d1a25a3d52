import {
  DeleteRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { openQueue } from '../../local/demo/queues.ts';
import { waitFor } from '../../local/stack/wait.ts';
import {
  events,
  messageIn,
  observer,
  org,
  output,
  readObjects,
  reprocessOne,
  request,
  sendMessage,
  sqs,
  stack,
  uniqueId,
} from './harness.ts';

const EVENT = 'Carbon_Estimate__e';

/** A second rule for the same events, with a queue of its own. */
async function createSecondRule(name: string) {
  const EventBusName = output('EventBusName');
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const EventPattern = JSON.stringify({ 'detail-type': [EVENT] });
  await events.send(new PutRuleCommand({ Name: name, EventBusName, EventPattern }));
  const Targets = [{ Id: name, Arn: Attributes?.['QueueArn'] }];
  await events.send(new PutTargetsCommand({ Rule: name, EventBusName, Targets }));
  const remove = async (): Promise<void> => {
    await events.send(new RemoveTargetsCommand({ Rule: name, EventBusName, Ids: [name] }));
    await events.send(new DeleteRuleCommand({ Name: name, EventBusName }));
  };
  return { queue: openQueue(stack.endpoint, QueueUrl), remove };
}

let cleanUp: (() => Promise<void>) | undefined;
afterEach(async () => {
  await cleanUp?.();
  await org.clearFaults();
});

describe('an event that one API destination could not deliver', () => {
  it('is redriven to that destination, and to no other rule or bus', async () => {
    const second = await createSecondRule(uniqueId());
    cleanUp = second.remove;
    const Marker__c = uniqueId();
    await org.addFault({
      match: { path: EVENT, body: Marker__c },
      status: 503,
      errorCode: 'SERVER_UNAVAILABLE',
      times: 1_000,
      after: 'before',
    });
    const id = await request({ Marker__c }, EVENT);
    const message = await messageIn('rule', id);
    expect(message.MessageAttributes?.['EXHAUSTED_RETRY_CONDITION']?.StringValue).toBeDefined();
    expect(await second.queue.messages(id)).toHaveLength(1);
    await org.clearFaults();
    await reprocessOne('rule', message);
    await waitFor('the platform event', async () =>
      (await org.records(EVENT)).find((record) => record['Marker__c'] === Marker__c),
    );
    expect(await second.queue.messages(id)).toHaveLength(1);
    // A rule of the main bus has seen the event once, when it was new.
    expect(await observer.filter((event) => event.id === id)).toHaveLength(1);
  });
});

describe('an entry that the bus did not take', () => {
  it('is published unchanged', async () => {
    const urn = `urn:webhook:github:delivery:${uniqueId()}`;
    const entry = {
      EventBusName: output('EventBusName'),
      Source: 'github.com',
      DetailType: 'issues',
      Detail: '{"spilled": 12345678901234567890}',
      Resources: [urn],
      Time: '2026-01-02T03:04:05.000Z',
    };
    const failure = JSON.stringify({ class: 'publish-failed', errorCode: 'InternalFailure' });
    await sendMessage(output('SpillQueueUrl'), JSON.stringify(entry), failure);
    await reprocessOne('spill', await messageIn('spill', urn));
    const event = await waitFor('the spilled event', () =>
      observer.find(({ resources }) => resources.includes(urn)),
    );
    expect(event).toMatchObject({
      source: 'github.com',
      'detail-type': 'issues',
      resources: entry.Resources,
    });
  });
});

describe('a message that no retry can help', () => {
  it('is parked whole, and announced on the bus', async () => {
    const body = `neither JSON nor anything that was ever sent: ${uniqueId()}`;
    await sendMessage(output('SpillQueueUrl'), body);
    await reprocessOne('spill', await messageIn('spill', body), 'parked');
    const objects = await readObjects(output('ParkBucketName'), 'parked/UNKNOWN_ENVELOPE/');
    const parked = objects.filter(({ text }) => JSON.parse(text).body === body);
    expect(parked).toHaveLength(1);
    await waitFor('the event that announces it', () =>
      observer.find(
        ({ 'detail-type': type, detail }) =>
          type === 'salesforce-eventbridge.parked' &&
          detail['reason'] === 'UNKNOWN_ENVELOPE' &&
          detail['key'] === parked[0]?.key,
      ),
    );
  });
});
