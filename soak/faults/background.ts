import { setTimeout as delay } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { killProcesses } from '../../local/faults/functions.ts';
import { localClient } from '../../local/stack/aws.ts';
import type { Harness } from '../harness.ts';

/** Repeats `work` with pauses. @returns a function that ends it and waits for its end. */
function repeat(pauseMs: number, work: () => Promise<unknown>): () => Promise<void> {
  const stopped = new AbortController();
  const { signal } = stopped;
  const running = (async () => {
    while (!signal.aborted) {
      await work();
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stopped.abort();
    await running;
  };
}

/** Closes the circuit breaker every two seconds, as if the minutes that it stays open had passed. */
export const startBreakerClock = ({ intercepted }: Harness) =>
  repeat(2_000, intercepted.apicall.closeCircuitBreaker);

/**
 * A process needs about a second to start. Every death costs each message of the batch one of its receives, of which there are few in
 * a message's life (template.yaml): with lives of a second, most messages would only be received.
 */
const MIN_LIFE_MS = 2_000;
const MORE_LIFE_MS = 4_000;

/** Kills the processes of apicall all the time, after lives that the seed chooses, so that they die at every step of executions. */
export function startKills({ counter, functionNames, random }: Harness): () => Promise<void> {
  let lives = 0;
  return repeat(MIN_LIFE_MS, async () => {
    lives += 1;
    await delay(random.below(MORE_LIFE_MS, 'life', lives));
    if ((await killProcesses(functionNames.apicall)) > 0) counter.add('apicall', 'process killed');
  });
}

const QUEUE = 'ApiCallQueue';
const MAX_HIDDEN_SECONDS = 3;
const MAX_DELAY_SECONDS = 6;

/** Of ten messages that are caught, how many are duplicated. */
const DUPLICATES = 4;

/**
 * Makes the queue deliver some messages twice and others late, as a standard queue may: receives a few before the function
 * does, sends copies of some, at once or later, and hides each for a while.
 *
 * @param pauseMs between two looks at the queue: up to two copies are made at each.
 */
export function startQueueFaults({ counter, random, stack }: Harness, pauseMs: number) {
  const sqs = new SQSClient(localClient(stack.endpoint));
  const QueueUrl = stack.outputs['ApiCallQueueUrl'];
  let caught = 0;

  const disturb = async ({ Body, MessageAttributes, ReceiptHandle }: Message): Promise<void> => {
    caught += 1;
    // A copy of a poison record ends as a dead-letter message of its own.
    const isPoison = Body?.includes('poison-');
    if (!isPoison && random.below(10, 'duplicate', caught) < DUPLICATES) {
      const DelaySeconds = random.below(MAX_DELAY_SECONDS, 'delay', caught);
      const copy = { QueueUrl, MessageBody: Body, MessageAttributes, DelaySeconds };
      await sqs.send(new SendMessageCommand(copy));
      counter.add(QUEUE, 'delivered twice');
    }
    const VisibilityTimeout = random.below(MAX_HIDDEN_SECONDS, 'hidden', caught);
    const hidden = { QueueUrl, ReceiptHandle, VisibilityTimeout };
    await sqs.send(new ChangeMessageVisibilityCommand(hidden));
    counter.add(QUEUE, 'delivered late, out of order');
  };

  return repeat(pauseMs, async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 5,
        VisibilityTimeout: MAX_HIDDEN_SECONDS,
        MessageAttributeNames: ['All'],
      }),
    );
    // The function may have deleted a message meanwhile.
    for (const message of Messages) await disturb(message).catch(() => undefined);
  });
}
