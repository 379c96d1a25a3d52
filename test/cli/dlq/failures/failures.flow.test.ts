import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { describe, expect, it, vi } from 'vitest';
import { type ActionName, actOnFailures } from '../../../../cli/dlq/failures/act.ts';
import type { FailedMessage, FailureAction } from '../../../../cli/dlq/failures/failure.ts';
import { findFailure } from '../../../../cli/dlq/failures/find.ts';
import { listFailures } from '../../../../cli/dlq/failures/list.ts';
import { openFailures } from '../../../../cli/dlq/failures/open.ts';
import type { Reader } from '../../../../cli/dlq/failures/reader.ts';
import { UsageError } from '../../../../cli/errors.ts';
import {
  config,
  createScene,
  DESTINATION_ARN,
  messageOf,
} from '../../../functions/dlq-reprocessor/harness.ts';
import { describedStack, mockAws } from '../../harness.ts';

const create = '{"action":"POST","resource":"sobjects","object":"Case","payload":{"n":1}}';
const failed = (name: string, body = create) => {
  const failure = { class: name, errorCode: 'E', message: 'quoted value', attempts: 2 };
  return messageOf(body, { Failure: JSON.stringify(failure), Trace: 'kept' });
};
const undelivered = () =>
  messageOf('{"id":"e1","source":"shop","detail-type":"Order","detail":{}}', {
    RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/bus/stack-rule',
    TARGET_ARN: DESTINATION_ARN,
    ERROR_CODE: 'TIMEOUT',
  });

type Scene = ReturnType<typeof createScene>;

const readerOf = (scene: Scene): Reader => ({ clients: scene.clients, config, now: scene.now });

async function allPages(place: FailedMessage['place'], reader: Reader) {
  const pages = [await listFailures(place, undefined, reader)];
  for (let cursor = pages[0]?.cursor; cursor !== undefined; cursor = pages.at(-1)?.cursor)
    pages.push(await listFailures(place, cursor, reader));
  return pages;
}

describe('the list of a queue', () => {
  it('says what a redrive would do with each message, and why it failed, and contains nothing of its body', async () => {
    const scene = createScene({ messages: { apicall: [failed('permanent-data')] } });
    const page = await listFailures('ApiCallDlq', undefined, readerOf(scene));
    expect(page.messages).toMatchObject([
      {
        place: 'ApiCallDlq',
        decision: 'park',
        reason: 'PERMANENT',
        object: 'Case',
        errorCode: 'E',
        failureClass: 'permanent-data',
        message: 'quoted value',
      },
    ]);
    expect(page).toMatchObject({ read: 1, total: 1, hidden: 0, byReason: { PERMANENT: 1 } });
    expect(JSON.stringify(page)).not.toMatch(/payload|kept/);
  });

  it('has every message once on pages of at most 100, and gives all back at once', async () => {
    const messages = Array.from({ length: 250 }, () => failed('retry-soon'));
    const scene = createScene({ messages: { apicall: messages } });
    const pages = await allPages('ApiCallDlq', readerOf(scene));
    const sizes = pages.map((page) => page.messages.length);
    expect(Math.max(...sizes)).toBe(100);
    const ids = pages.flatMap((page) => page.messages.map(({ id }) => id));
    expect(ids.toSorted()).toEqual(messages.map(({ messageId }) => messageId).toSorted());
    expect(scene.queues.apicall.counts()).toMatchObject({ visible: 250, hidden: 0 });
  });

  it.each([
    [1, 1],
    [100, 100],
    [130, 100],
  ])('of %i messages does not wait for more while it hides them', async (count, shown) => {
    const messages = Array.from({ length: count }, () => failed('retry-soon'));
    const scene = createScene({ messages: { apicall: messages } });
    const send = vi.spyOn(scene.clients.sqs, 'send');
    const page = await listFailures('ApiCallDlq', undefined, readerOf(scene));
    const answers = await Promise.all(send.mock.results.map(({ value }) => value));
    const receives = answers.flatMap(({ Messages }) => (Messages ? [Messages.length] : []));
    expect(receives.length).toBeGreaterThan(0);
    expect(receives).not.toContain(0);
    expect(page.messages).toHaveLength(shown);
    expect(page.cursor === undefined).toBe(count === shown);
  });

  it('gives messages back when deciding about them fails', async () => {
    const scene = createScene({ messages: { apicall: [failed('retry-soon')] } });
    const broken = { ...readerOf(scene), now: () => new Date(Number.NaN) };
    await listFailures('ApiCallDlq', undefined, broken).catch(() => undefined);
    expect(scene.queues.apicall.counts()).toMatchObject({ visible: 1, hidden: 0 });
  });
});

describe('the list of parked messages', () => {
  it('has why each was parked, what unpark would do, and counts by reason', async () => {
    const scene = createScene({
      messages: { apicall: [failed('permanent-data'), failed('outcome-unknown')] },
    });
    await scene.invoke();
    const page = await listFailures('parked', undefined, readerOf(scene));
    expect(page.messages).toMatchObject([
      { decision: 'refuse', reason: 'OUTCOME_UNKNOWN', why: expect.stringContaining('--applied') },
      { decision: 'redrive', reason: 'PERMANENT', why: 'permanent-data: E', place: 'parked' },
    ]);
    expect(page.messages[1]?.key).toMatch(/^parked\/PERMANENT\//);
    expect(page).toMatchObject({ total: 2, byReason: { PERMANENT: 1, OUTCOME_UNKNOWN: 1 } });
  });

  it('goes on after the last key', async () => {
    const messages = Array.from({ length: 101 }, () => failed('permanent-data'));
    const scene = createScene({ messages: { apicall: messages } });
    await scene.invoke();
    const pages = await allPages('parked', readerOf(scene));
    expect(pages.map((page) => page.messages.length)).toEqual([100, 1]);
  });
});

describe('a message', () => {
  it('is found in its queue with its content, and given back', async () => {
    const wanted = undelivered();
    const scene = createScene({
      messages: { rule: [undelivered(), wanted] },
      redriveRules: ['stack-rule-redrive'],
    });
    const found = await findFailure(wanted.messageId, readerOf(scene));
    expect(found).toMatchObject({
      kind: 'found',
      detail: {
        place: 'RuleDlq',
        body: wanted.body,
        decision: 'redrive',
        attributes: { ERROR_CODE: 'TIMEOUT' },
        advice: expect.stringMatching(/unreachable, or takes longer than 5 seconds/),
      },
    });
    expect(scene.queues.rule.counts()).toMatchObject({ visible: 2, hidden: 0 });
  });

  it('is found in the park bucket by its id and by its key', async () => {
    const wanted = failed('permanent-data');
    const scene = createScene({ messages: { apicall: [wanted] } });
    await scene.invoke();
    const [key = ''] = scene.stored.keys();
    for (const idOrKey of [wanted.messageId, key]) {
      const found = await findFailure(idOrKey, readerOf(scene));
      expect(found).toMatchObject({
        detail: { key, body: create, message: 'quoted value', attributes: { Trace: 'kept' } },
      });
    }
  });

  it('is found after it was dropped', async () => {
    const wanted = failed('permanent-data');
    const scene = createScene({ messages: { apicall: [wanted] } });
    await scene.invoke({ action: 'drop', filter: { object: 'Case' }, dropReason: 'a test' });
    const found = await findFailure(wanted.messageId, readerOf(scene));
    expect(found).toMatchObject({
      detail: { key: expect.stringMatching(/^dropped\//), body: create },
      evaluated: { message: { parked: { dropped: { reason: 'a test' } } } },
    });
  });

  it('that is not found comes with what was read, and what is hidden', async () => {
    const waiting = messageOf(create, {
      Failure: JSON.stringify({
        class: 'retry-later',
        errorCode: 'E',
        notBefore: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    });
    const scene = createScene({
      messages: { apicall: [waiting], rule: [undelivered()] },
      redriveRules: ['stack-rule-redrive'],
    });
    await scene.invoke({ queue: 'apicall' });
    const result = await findFailure(waiting.messageId, readerOf(scene));
    expect(result).toEqual({
      kind: 'not found',
      queues: [
        { queue: 'ApiCallDlq', read: 0, hidden: 1, isEnd: true },
        { queue: 'RuleDlq', read: 1, hidden: 0, isEnd: true },
        { queue: 'SpillQueue', read: 0, hidden: 0, isEnd: true },
      ],
      objects: 0,
    });
  });
});

describe('an action', () => {
  const act = (scene: Scene, name: ActionName, action: FailureAction, by?: string) =>
    actOnFailures(name, action, (command) => scene.invoke(command), by);

  it('redrives messages by id, and says which were not found', async () => {
    const [one, other] = [failed('retry-soon'), failed('retry-soon')];
    const scene = createScene({ messages: { apicall: [one, other] } });
    const ids = [one.messageId, 'gone'];
    const result = await act(scene, 'redrive', { place: 'ApiCallDlq', ids });
    expect(result.results).toEqual({ redriven: 1, 'not found': 1 });
    expect(result.summary).toMatch(/^1 message redriven, 1 message not found\./);
    expect(scene.queues.apicall.ids()).toEqual([other.messageId]);
  });

  it('drops a parked message with its reason and who did it', async () => {
    const one = failed('permanent-data');
    const scene = createScene({ messages: { apicall: [one] } });
    await scene.invoke();
    const action = { place: 'parked', ids: [one.messageId], reason: 'a duplicate' } as const;
    const result = await act(scene, 'drop', action, 'arn:of:somebody');
    expect(result.results).toEqual({ dropped: 1 });
    const [[key, text] = ['', '{}']] = scene.stored;
    expect(key).toMatch(/^dropped\//);
    expect(JSON.parse(text)).toMatchObject({
      dropReason: 'a duplicate',
      droppedBy: 'arn:of:somebody',
    });
  });

  it('unparks an unknown outcome with the answer, and refuses it without, with the reason', async () => {
    const one = failed('outcome-unknown');
    const scene = createScene({ messages: { apicall: [one] } });
    await scene.invoke();
    const action = { place: 'parked', ids: [one.messageId] } as const;
    const refused = await act(scene, 'unpark', action);
    expect(refused.results).toEqual({ refused: 1 });
    expect(refused.summary).toContain('--applied or --not-applied');
    const done = await act(scene, 'unpark', { ...action, outcome: 'notApplied' });
    expect(done.results).toEqual({ unparked: 1 });
  });

  it('in a dry run changes nothing', async () => {
    const one = failed('retry-soon');
    const scene = createScene({ messages: { apicall: [one] } });
    const action = { place: 'ApiCallDlq', ids: [one.messageId], dryRun: true } as const;
    const { summary } = await act(scene, 'park', action);
    expect(summary).toBe('Would be: 1 message parked.');
    expect(scene.queues.apicall.counts()).toMatchObject({ visible: 1, hidden: 0 });
  });

  it.each([
    ['unpark', 'ApiCallDlq'],
    ['redrive', 'parked'],
    ['drop', 'parked'],
  ] as const)('that cannot be done is rejected: %s of %s', async (name, place) => {
    const scene = createScene();
    const action = { place, ids: ['a'] };
    await expect(act(scene, name, action)).rejects.toThrow(UsageError);
  });
});

describe('openFailures', () => {
  const stack = {
    name: 's',
    arn: '',
    status: '',
    outputs: { DlqReprocessorFunctionName: 'f' },
    parameters: {},
  };

  it('reads with the settings of the deployed function, asked for once', async () => {
    const { clients, lambda, s3 } = mockAws(describedStack({}));
    lambda.on(GetFunctionConfigurationCommand).resolves({
      Environment: {
        Variables: {
          API_CALL_DLQ_URL: 'https://sqs/a',
          RULE_DLQ_URL: 'https://sqs/r',
          SPILL_QUEUE_URL: 'https://sqs/s',
          API_CALL_QUEUE_URL: 'https://sqs/q',
          API_CALL_QUEUE_ARN: 'arn',
          API_CALL_RULE_ARNS: 'arn',
          API_CALL_POLLER_ID: 'p',
          REDRIVE_BUS_NAME: 'b',
          PARK_BUCKET_NAME: 'bucket',
          IDEMPOTENCY_TABLE_NAME: 't',
        },
      },
    });
    s3.resolves({});
    const failures = openFailures(clients, stack);
    expect(await failures.list('parked')).toMatchObject({ messages: [], total: 0 });
    await failures.list('parked');
    expect(lambda.calls()).toHaveLength(1);
    expect(s3.call(0).args[0].input).toMatchObject({ Bucket: 'bucket' });
  });

  it('names the missing right when the settings are encrypted', async () => {
    const { clients, lambda } = mockAws(describedStack({}));
    lambda.on(GetFunctionConfigurationCommand).resolves({ Environment: {} });
    await expect(openFailures(clients, stack, { stackName: 's' }).find('x')).rejects.toThrow(
      /kms:Decrypt/,
    );
  });
});
