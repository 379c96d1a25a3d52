import { readFileSync } from 'node:fs';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import {
  createEnqueue,
  isBusEvent,
} from '../../../../functions/salesforce-apicall/request/enqueue.ts';
import { memoryLog } from '../../harness.ts';

const sample = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../events/${name}.json`, import.meta.url), 'utf8'));

function scene() {
  const client = new SQSClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  mock.on(SendMessageCommand).resolves({ MessageId: 'queued-1' });
  const log = memoryLog();
  return { enqueue: createEnqueue('https://queue', client, log), log, mock };
}

describe('an event that a rule hands to the function itself', () => {
  it('goes to the queue as it is', async () => {
    const { enqueue, log, mock } = scene();
    const event = sample('bus-apicall-request');
    expect(await enqueue(event)).toEqual({ queued: true });
    const [call] = mock.commandCalls(SendMessageCommand);
    expect(call?.args[0].input.QueueUrl).toBe('https://queue');
    expect(JSON.parse(call?.args[0].input.MessageBody ?? '')).toEqual(event);
    const ids = { messageId: 'queued-1', eventId: event.id };
    expect(log.lines).toEqual([['event enqueued', ids]]);
  });

  it('keeps characters that SQS would replace', async () => {
    const { enqueue, mock } = scene();
    const event = { ...sample('bus-apicall-request'), detail: { text: 'a\uffffb\ufffe' } };
    await enqueue(event);
    const [call] = mock.commandCalls(SendMessageCommand);
    const body = call?.args[0].input.MessageBody ?? '';
    expect(body).not.toMatch(/[\ufffe\uffff]/);
    expect(JSON.parse(body)).toEqual(event);
  });

  it('that the queue does not take fails, so that Lambda tries again', async () => {
    const { enqueue, mock } = scene();
    mock.on(SendMessageCommand).rejects(new Error('away'));
    await expect(enqueue(sample('bus-apicall-request'))).rejects.toThrow('away');
  });

  it.each([
    ['bus-apicall-request', true],
    ['bus-apicall-response', true],
    ['apicall-bare-request', false],
    ['apicall-cloudevent', false],
  ])('is distinguished from what a caller sends: %s', (name, expected) =>
    expect(isBusEvent(sample(name))).toBe(expected),
  );
});
