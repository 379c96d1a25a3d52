import { setTimeout as delay } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { localClient } from '../../local/stack/aws.ts';
import type { Stack } from '../../local/stack/stack-file.ts';
import type { Dice } from '../dice.ts';
import type { Tally } from './tally.ts';

const HOP = 'ApiCallQueue';
const PAUSE_MS = 300;
const MAX_HELD_SECONDS = 3;

/** Of ten messages that are caught on their way, how many come twice. */
const DUPLICATES = 4;

/**
 * A queue that delivers some messages twice and others late, as standard queues may: catches a few before the
 * function does, sends copies of some, and holds each back for a while.
 */
export function startQueueFaults(stack: Stack, dice: Dice, tally: Tally) {
  const sqs = new SQSClient(localClient(stack.endpoint));
  const QueueUrl = stack.outputs['ApiCallQueueUrl'];
  let caught = 0;
  let isOn = true;

  const spoil = async ({ Body, MessageAttributes, ReceiptHandle }: Message): Promise<void> => {
    const nth = caught;
    caught += 1;
    if (dice.roll(10, 'duplicate', nth) < DUPLICATES) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: Body, MessageAttributes }));
      tally.count(HOP, 'delivered twice');
    }
    const VisibilityTimeout = dice.roll(MAX_HELD_SECONDS, 'held back', nth);
    const held = { QueueUrl, ReceiptHandle, VisibilityTimeout };
    await sqs.send(new ChangeMessageVisibilityCommand(held));
    tally.count(HOP, 'delivered late, out of order');
  };

  const work = (async () => {
    while (isOn) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 5,
          VisibilityTimeout: MAX_HELD_SECONDS,
          MessageAttributeNames: ['All'],
        }),
      );
      // What the function has deleted meanwhile is not there any more.
      for (const message of Messages) await spoil(message).catch(() => undefined);
      await delay(PAUSE_MS);
    }
  })();

  return {
    stop: async (): Promise<void> => {
      isOn = false;
      await work;
    },
  };
}
