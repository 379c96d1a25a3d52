import { createHash } from 'node:crypto';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { PublishError } from '../../../functions/common/errors.ts';
import { createTwilioHarness, HOST, twilioEvent, twilioJsonEvent } from '../webhooks/harness.ts';
import tw05 from './callbacks-of-one-resource.json' with { type: 'json' };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The text of the detail that a request is published with. */
const detailOf = async (event: LambdaFunctionURLEvent): Promise<string | undefined> => {
  const { entries, post } = createTwilioHarness();
  expect(await post(event)).toMatchObject({ status: 202 });
  return entries[0]?.detail;
};
/** The detail of the event that a form becomes. */
const parsedDetailOf = async (...fields: readonly (readonly [string, string])[]) =>
  JSON.parse((await detailOf(twilioEvent(fields))) ?? 'null');
const JSON_TYPE = ['PayloadType', 'application/json'] as const;

describe('a verified Twilio webhook', () => {
  it('becomes an event with its fields, repeats as an array', async () => {
    const { entries, post } = createTwilioHarness();
    await post(
      twilioEvent([
        ['A', '1'],
        ['B', 'x'],
        ['B', 'y'],
        ['__proto__', 'p'],
      ]),
    );
    expect(entries[0]).toMatchObject({ source: 'twilio.com', detailType: 'twilio-webhook-lambda' });
    expect(entries[0]?.detail).toBe('{"A":"1","B":["x","y"],"__proto__":"p"}');
  });

  it.each([
    ['{"error_code":"11200"}', { error_code: '11200' }],
    ['not JSON', 'not JSON'],
    ['[1]', [1]],
    ['', ''],
  ])('embeds the JSON Payload %j as %j', async (payload, embedded) => {
    expect(await parsedDetailOf(JSON_TYPE, ['Payload', payload])).toMatchObject({
      Payload: embedded,
    });
  });

  it('keeps the Payload as text if PayloadType is not JSON', async () => {
    const detail = await parsedDetailOf(['PayloadType', 'text/plain'], ['Payload', '{"a":1}']);
    expect(detail).toMatchObject({ Payload: '{"a":1}' });
  });

  it('keeps every digit of the numbers in its Payload', async () => {
    const payload = ['Payload', '{"id": 12345678901234567890, "ratio": 1.0}'] as const;
    expect(await detailOf(twilioEvent([['Sid', 'NO1'], payload, JSON_TYPE]))).toBe(
      '{"Sid":"NO1","Payload":{"id": 12345678901234567890, "ratio": 1.0},"PayloadType":"application/json"}',
    );
  });

  it('keeps the Payload as text if it is nested too deep to serialize', async () => {
    const payload = '['.repeat(100_000) + ']'.repeat(100_000);
    const detail = await parsedDetailOf(JSON_TYPE, ['Payload', payload]);
    expect(detail).toMatchObject({ Payload: payload });
  });

  it('has a JSON body as its detail, byte for byte', async () => {
    expect(await detailOf(twilioJsonEvent('{ "a": 1.0 }', 'x=1'))).toBe('{ "a": 1.0 }');
  });
});

const resourcesOf = async (...events: LambdaFunctionURLEvent[]): Promise<(readonly string[])[]> => {
  const { entries, post } = createTwilioHarness();
  for (const event of events) expect(await post(event)).toMatchObject({ status: 202 });
  return entries.map(({ resources }) => resources);
};
const sms = [
  ['Body', 'hi'],
  ['MessageSid', 'SM1'],
  ['SmsStatus', 'received'],
] as const;

describe('the ids of a Twilio webhook', () => {
  it('are its SID with a digest of the signed fields, its status, its token, and a digest of all that is signed', async () => {
    const headers = { 'i-twilio-idempotency-token': 'token-1' };
    expect(await resourcesOf(twilioEvent(sms, { headers }))).toEqual([
      [
        `urn:webhook:twilio:delivery:SM1-${sha256('BodyhiMessageSidSM1SmsStatusreceived').slice(0, 16)}`,
        'urn:webhook:twilio:event:received',
        'urn:webhook:twilio:idempotency-token:token-1',
        `urn:webhook:twilio:body:${sha256(`https://${HOST}/BodyhiMessageSidSM1SmsStatusreceived`)}`,
      ],
    ]);
  });

  it('are the digest of the fields if they name no SID', async () => {
    const [[delivery] = []] = await resourcesOf(twilioEvent([['Other', '1']]));
    expect(delivery).toBe(`urn:webhook:twilio:delivery:${sha256('Other1')}`);
  });

  it.each([
    ['another token', sms, { 'i-twilio-idempotency-token': 'other' }],
    ['its fields in another order', sms.toReversed(), {}],
    ['a value repeated', [...sms, ['Body', 'hi'] as const], {}],
  ])('stay the same with %s', async (_what, fields, headers) => {
    const ids = await resourcesOf(twilioEvent(sms), twilioEvent(fields, { headers }));
    const [first, second] = ids.map((resources) =>
      resources.filter((urn) => /:(delivery|body):/.test(urn)),
    );
    expect(second).toEqual(first);
  });

  it('stay the same when a failed request is sent to the fallback URL', async () => {
    const fallback = [...sms, ['ErrorCode', '11200'], ['ErrorUrl', 'https://a.example']] as const;
    const [[first] = [], [second] = []] = await resourcesOf(
      twilioEvent(sms),
      twilioEvent(fallback),
    );
    expect(second).toBe(first);
  });

  it.each(tw05.forms.map((form, index) => [index, form] as const))(
    'differ from those of other callbacks about the same resource: %d',
    async (index, form) => {
      const others = tw05.forms.filter((_, other) => other !== index);
      const [[own] = [], ...rest] = await resourcesOf(
        ...[form, ...others].map((fields) => twilioEvent(Object.entries(fields))),
      );
      expect(rest.map(([delivery]) => delivery)).not.toContain(own);
    },
  );

  it('have the same digest of what is signed when a field is moved into the path', async () => {
    const event = twilioEvent(sms);
    const moved = {
      ...event,
      rawPath: '/Bodyhi',
      body: new URLSearchParams(
        sms.slice(1).map(([name, value]): [string, string] => [name, value]),
      ).toString(),
    };
    const [first, second] = await resourcesOf(event, moved);
    expect(second?.at(-1)).toBe(first?.at(-1));
    expect(second?.at(-1)).toMatch(/:body:[0-9a-f]{64}$/);
  });
});

describe('a webhook of Event Streams', () => {
  const element = (id: unknown) => `{ "id": ${JSON.stringify(id)}, "data": {"ratio": 1.0} }`;

  it('becomes one event for each of its elements, identified by their ids', async () => {
    const { entries, log, post } = createTwilioHarness();
    const body = `[${element('EZ1')},\n ${element('EZ2')}, ${element('no id!')}]`;
    expect(await post(twilioJsonEvent(body))).toMatchObject({ status: 202, body: '' });
    expect(entries.map(({ detail }) => detail)).toEqual(
      ['EZ1', 'EZ2', 'no id!'].map((id) => `{"id":${JSON.stringify(id)},"data":{"ratio":1.0}}`),
    );
    expect(entries.map(({ id }) => id).slice(0, 2)).toEqual(['EZ1', 'EZ2']);
    expect(entries[2]?.id).toMatch(/^[0-9a-f]{64}$/);
    expect(entries[0]?.resources[0]).toBe('urn:webhook:twilio:delivery:EZ1');
    expect(new Set(entries.map(({ resources }) => resources.at(-1))).size).toBe(1);
    expect(log.lines).toHaveLength(4);
    expect(log.lines.at(-1)).toMatchObject([
      'webhook accepted',
      { events: 3, outcome: 'published' },
      { values: {} },
    ]);
  });

  it('is answered with 500 if one of its events could not be published', async () => {
    const failed = { outcome: 'failed', error: new PublishError('no') } as const;
    const { post } = createTwilioHarness({ outcome: failed });
    expect(await post(twilioJsonEvent(`[${element('a')},${element('b')}]`))).toMatchObject({
      status: 500,
    });
  });

  it.each([
    '[]',
    '[1]',
    '[{},null]',
    '[[]]',
    '1',
    'null',
    '[',
    `[${'['.repeat(200)}${']'.repeat(200)}]`,
  ])('is refused if it is %s', async (body) => {
    expect(await createTwilioHarness().post(twilioJsonEvent(body))).toMatchObject({
      status: 400,
      body: 'The body is neither a JSON object nor an array of them',
    });
  });
});

describe('a webhook URL with user and password', () => {
  const authorization = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['hook:s3cret', 'hook:s3cret'],
    ['hook:p@ss/1', 'hook:p%40ss%2F1'],
    ['hook:', 'hook:'],
  ])('is the one that Twilio signed: %s', async (plain, inUrl) => {
    const headers = { authorization: authorization(plain) };
    const { entries, post } = createTwilioHarness();
    const event = twilioEvent(sms, { headers }, `https://${inUrl}@${HOST}/`);
    expect(await post(event)).toMatchObject({ status: 202 });
    expect(entries[0]?.resources.at(-1)).toBe(
      `urn:webhook:twilio:body:${sha256(`https://${HOST}/BodyhiMessageSidSM1SmsStatusreceived`)}`,
    );
  });

  it('is not accepted with another password', async () => {
    const headers = { authorization: authorization('hook:other') };
    const event = twilioEvent(sms, { headers }, `https://hook:s3cret@${HOST}/`);
    expect(await createTwilioHarness().post(event)).toMatchObject({ status: 401 });
  });
});

describe('the response to Twilio', () => {
  const inbound = ['Direction', 'inbound'] as const;
  const progress = ['CallbackSource', 'call-progress-events'] as const;

  it.each([
    ['an incoming message', [['SmsStatus', 'received']]],
    ['an incoming call', [['CallStatus', 'ringing'], inbound]],
    ['a step of a call', [['CallStatus', 'in-progress'], inbound]],
    ['an answered outbound call', [['CallStatus', 'in-progress']]],
  ] as const)('is empty TwiML for %s', async (_, fields) => {
    const response = await createTwilioHarness().post(twilioEvent(fields));
    expect(response).toMatchObject({
      status: 202,
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
    });
  });

  it.each([
    ['the status of a message', [['MessageStatus', 'delivered']]],
    ['the status of a call', [['CallStatus', 'ringing'], progress]],
    ['the end of a call', [['CallStatus', 'completed']]],
    ['a debugger error', [['PayloadType', 'application/json']]],
  ] as const)('is empty for %s', async (_, fields) => {
    const response = await createTwilioHarness().post(twilioEvent(fields));
    expect(response).toMatchObject({ status: 202, body: '' });
  });
});
