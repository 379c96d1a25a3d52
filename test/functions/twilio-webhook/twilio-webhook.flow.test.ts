import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTwilioHarness, twilioEvent, twilioJsonEvent } from '../webhooks/harness.ts';

const detailOf = (text: string | undefined): unknown => JSON.parse(text ?? 'null');

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
    const { entries, post } = createTwilioHarness();
    await post(
      twilioEvent([
        ['PayloadType', 'application/json'],
        ['Payload', payload],
      ]),
    );
    expect(detailOf(entries[0]?.detail)).toMatchObject({ Payload: embedded });
  });

  it('keeps the Payload as text if PayloadType is not JSON', async () => {
    const { entries, post } = createTwilioHarness();
    await post(
      twilioEvent([
        ['PayloadType', 'text/plain'],
        ['Payload', '{"a":1}'],
      ]),
    );
    expect(detailOf(entries[0]?.detail)).toMatchObject({ Payload: '{"a":1}' });
  });

  it('keeps every digit of the numbers in its Payload', async () => {
    const { entries, post } = createTwilioHarness();
    await post(
      twilioEvent([
        ['Sid', 'NO1'],
        ['Payload', '{"id": 12345678901234567890, "ratio": 1.0}'],
        ['PayloadType', 'application/json'],
      ]),
    );
    expect(entries[0]?.detail).toBe(
      '{"Sid":"NO1","Payload":{"id": 12345678901234567890, "ratio": 1.0},"PayloadType":"application/json"}',
    );
  });

  it('keeps the Payload as text if it is nested too deep to serialize', async () => {
    const { entries, post } = createTwilioHarness();
    const payload = '['.repeat(100_000) + ']'.repeat(100_000);
    await post(
      twilioEvent([
        ['PayloadType', 'application/json'],
        ['Payload', payload],
      ]),
    );
    expect(detailOf(entries[0]?.detail)).toMatchObject({ Payload: payload });
  });

  it('has a JSON body as its detail, byte for byte', async () => {
    const { entries, post } = createTwilioHarness();
    expect(await post(twilioJsonEvent('{ "a": 1.0 }', 'x=1'))).toMatchObject({ status: 202 });
    expect(entries[0]?.detail).toBe('{ "a": 1.0 }');
    expect(await post(twilioJsonEvent('[1]'))).toMatchObject({
      status: 400,
      body: 'The body is not a JSON object',
    });
  });

  it('is identified by its idempotency token, else by SID and status, else by its digest', async () => {
    const { entries, post } = createTwilioHarness();
    const sms = [
      ['MessageSid', 'SM1'],
      ['SmsStatus', 'received'],
    ] as const;
    await post(twilioEvent(sms, { headers: { 'i-twilio-idempotency-token': 'token-1' } }));
    await post(twilioEvent(sms));
    await post(twilioEvent([['Other', '1']]));
    expect(entries.map(({ id }) => id)).toEqual([
      'token-1',
      'SM1-received',
      createHash('sha256').update('Other=1').digest('hex'),
    ]);
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
