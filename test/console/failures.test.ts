import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import type { FailureDetail, FailurePage } from '../../cli/dlq/failures/failure.ts';
import { createScene, environment, messageOf } from '../functions/dlq-reprocessor/harness.ts';
import { fakeStack, startConsole } from './harness.ts';

const SECRET = 'a customer’s words';
const REFUSAL = 'Case needs a Subject';
const body = `{"action":"POST","resource":"sobjects","object":"Case","payload":{"Subject":"${SECRET}"}}`;
const failed = (name: string) =>
  messageOf(body, {
    Failure: JSON.stringify({
      class: name,
      errorCode: 'E',
      message: REFUSAL,
      attempts: 2,
    }),
  });

/** A stack with two dead-letter messages, whose reprocessor works as the deployed one does. */
async function scene(canSteer = true) {
  const messages = [failed('permanent-data'), failed('outcome-unknown')];
  const reprocessor = createScene({ messages: { apicall: messages } });
  const aws = fakeStack({}, { DlqReprocessorFunctionName: 'reprocessor', ParkBucketName: 'park' });
  aws.lambda
    .on(GetFunctionConfigurationCommand, { FunctionName: 'reprocessor' })
    .resolves({ Environment: { Variables: environment } });
  aws.sts.onAnyCommand().resolves({ Arn: 'arn:aws:iam::1:user/operator' });
  aws.lambdaInvoker.on(InvokeCommand).callsFake(async ({ Payload }) => {
    const report = await reprocessor.invoke(JSON.parse(String(Payload)));
    return { Payload: Buffer.from(JSON.stringify(report)) };
  });
  const { sqs, s3, eventBridge } = reprocessor.clients;
  const clients = { ...aws.clients, sqs, s3, eventBridge };
  return {
    ...(await startConsole({ clients, canSteer })),
    messages,
    reprocessor,
    lambdaInvoker: aws.lambdaInvoker,
  };
}

const asPage = (page: unknown): FailurePage => Object(page);

const asDetail = (detail: unknown): FailureDetail => Object(detail);

describe('GET failures', () => {
  it('lists messages with why they failed and what a redrive would do, without their bodies', async () => {
    const { get, messages, reprocessor } = await scene();
    const { status, body: page } = await get('failures?place=ApiCallDlq');
    expect(status).toBe(200);
    const { byReason, messages: listed, read } = asPage(page);
    expect(read).toBe(2);
    expect(byReason).toEqual({ PERMANENT: 1, OUTCOME_UNKNOWN: 1 });
    expect(listed.map(({ id }) => id).toSorted()).toEqual(
      messages.map(({ messageId }) => messageId).toSorted(),
    );
    expect(listed.map(({ message }) => message)).toEqual([REFUSAL, REFUSAL]);
    expect(JSON.stringify(page)).not.toContain(SECRET);
    expect(reprocessor.queues.apicall.counts()).toMatchObject({ visible: 2, hidden: 0 });
  });

  it.each(['', '?place=', '?place=ApiCallQueue', '?place=apicall'])(
    'refuses another place: %s',
    async (query) => {
      const { get } = await scene();
      expect(await get(`failures${query}`)).toMatchObject({
        status: 400,
        body: { kind: 'invalid' },
      });
    },
  );

  it('has a message with its text and advice on a click only', async () => {
    const { get, messages } = await scene();
    const id = messages[0]?.messageId ?? '';
    const detail = asDetail((await get(`failures/${id}?place=ApiCallDlq`)).body);
    expect(detail).toMatchObject({ id, body, message: REFUSAL });
    expect(detail.advice).toMatch(/\w/);
    const payload = await get(`payload?store=ApiCallDlq&key=${id}`);
    expect(payload.body).toEqual({ store: 'ApiCallDlq', key: id, text: body, isCut: false });
  });

  it('says what was read if there is no such message', async () => {
    const { get } = await scene();
    expect(await get('failures/00000000-0000-4000-8000-000000000000')).toMatchObject({
      status: 404,
      body: { kind: 'not found', message: expect.stringContaining('ApiCallDlq: 2 messages read') },
    });
  });
});

describe('POST failures', () => {
  it('park, unpark and drop what they are told, and say what they did', async () => {
    const { get, post, messages, reprocessor } = await scene();
    const ids = messages.map(({ messageId }) => messageId);
    const tried = await post('failures/park', { place: 'ApiCallDlq', ids, dryRun: true });
    expect(tried.body).toMatchObject({
      results: { parked: 2 },
      summary: expect.stringContaining('Would be'),
    });
    expect(reprocessor.stored.size).toBe(0);
    const parked = await post('failures/park', { place: 'ApiCallDlq', ids });
    expect(parked.body).toEqual({ results: { parked: 2 }, summary: '2 messages parked.' });
    const page = asPage((await get('failures?place=parked')).body);
    expect(page.messages.map(({ place }) => place)).toEqual(['parked', 'parked']);
    const key = page.messages[0]?.key ?? '';
    const payload = await get(`payload?store=ParkBucket&key=${encodeURIComponent(key)}`);
    expect(payload.body).toMatchObject({
      store: 'ParkBucket',
      key,
      text: expect.stringContaining('messageId'),
    });
    const dropped = await post('failures/drop', {
      place: 'parked',
      ids: ids.slice(0, 1),
      reason: 'a test',
    });
    expect(dropped.body).toMatchObject({ results: { dropped: 1 } });
    const missing = await post('failures/unpark', { place: 'parked', ids: ['gone'] });
    expect(missing.body).toMatchObject({ results: { 'not found': 1 } });
  });

  it.each([
    ['redrive', { place: 'ApiCallDlq', ids: [] }],
    ['redrive', { place: 'ApiCallDlq' }],
    ['redrive', { place: 'ApiCallQueue', ids: ['a'] }],
    ['redrive', { place: 'ApiCallDlq', ids: ['../x'] }],
    [
      'redrive',
      { place: 'ApiCallDlq', ids: Array.from({ length: 101 }, (_, index) => `${index}`) },
    ],
    ['redrive', { place: 'ApiCallDlq', ids: ['a'], force: true }],
    ['redrive', { place: 'parked', ids: ['a'] }],
    ['unpark', { place: 'ApiCallDlq', ids: ['a'] }],
    ['unpark', { place: 'parked', ids: ['a'], outcome: 'maybe' }],
    ['drop', { place: 'parked', ids: ['a'] }],
    ['drop', { place: 'parked', ids: ['a'], reason: '' }],
  ])('refuse what makes no sense: %s %j', async (name, action) => {
    const { post, lambdaInvoker } = await scene();
    expect(await post(`failures/${name}`, action)).toMatchObject({
      status: 400,
      body: { kind: 'invalid', message: expect.stringMatching(/\w/) },
    });
    expect(lambdaInvoker.calls()).toHaveLength(0);
  });
});
