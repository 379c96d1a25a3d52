import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../functions/dlq-reprocessor/command.ts';
import type { DeadLetterMessage } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { type Evaluating, evaluateAll } from '../../../functions/dlq-reprocessor/evaluate.ts';
import { config, messageOf } from './harness.ts';

/** A message of which one part fails when it is read. */
const broken = (part: 'attributes' | 'sentAt'): DeadLetterMessage =>
  Object.defineProperty(messageOf('{"action":"GET","resource":"limits"}'), part, {
    get: () => {
      throw new RangeError('Maximum call stack size exceeded');
    },
  });

const evaluating: Evaluating = {
  clients: { eventBridge: new EventBridgeClient({ region: 'us-east-1' }) },
  command: parseCommand({}),
  config,
  now: () => new Date(),
  redriveRules: new Map(),
};
const redriven = { decision: { kind: 'redrive' }, route: { to: 'queue' } };

describe('a message that makes the function fail', () => {
  it.each([
    [
      'is parked if it cannot be read',
      'attributes',
      {
        decision: { kind: 'park', reason: 'UNKNOWN_ENVELOPE', why: "it can't be read: RangeError" },
      },
    ],
    [
      'stays in its queue if it cannot be evaluated',
      'sentAt',
      { error: { errorCode: 'RangeError' } },
    ],
  ] as const)('%s, and the others are redriven', async (_what, part, expected) => {
    const good = messageOf('{"action":"GET","resource":"limits"}');
    const evaluated = await evaluateAll([good, broken(part), good], evaluating);
    expect(evaluated).toMatchObject([redriven, expected, redriven]);
  });
});
