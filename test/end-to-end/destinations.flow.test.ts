import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutPartnerEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { waitFor } from '../../local/stack/wait.ts';
import {
  events,
  messageIn,
  observer,
  org,
  output,
  queues,
  readObjects,
  reprocess,
  reprocessOne,
  send,
  uniqueId,
} from './harness.ts';

const sample = (name: string) =>
  JSON.parse(readFileSync(join(root, 'events', `${name}.json`), 'utf8'));
const estimate = sample('bus-platform-event');
const customer = sample('bus-customer-registered');
const EVENT = estimate['detail-type'];
const nasty = 'She said: "quoted" \\ and\nleft – 🎁 <title> {} \u2028 ☎';

const published = (marker: string) =>
  waitFor(`the platform event ${marker}`, async () =>
    (await org.records(EVENT)).find((record) => record['Marker__c'] === marker),
  );
const contact = (key: string) =>
  waitFor(`the Contact ${key}`, async () =>
    (await org.records('Contact')).find((record) => record['Customer_Id__c'] === key),
  );
const callsSince = async (before: number) => (await org.calls()).slice(before);

describe("the connection's token", () => {
  it('is fetched once, however many events come at once, and used until it is refused', async () => {
    await org.expireTokens();
    const first = uniqueId();
    await send(estimate, { Marker__c: first });
    await published(first);
    const before = (await org.calls()).length;
    const markers = Array.from({ length: 10 }, uniqueId);
    await Promise.all(markers.map((marker) => send(estimate, { Marker__c: marker })));
    await Promise.all(markers.map(published));
    const calls = await callsSince(before);
    expect(calls.filter(({ kind }) => kind === 'login')).toEqual([]);
    expect(calls.filter(({ path }) => path.endsWith(EVENT))).toHaveLength(10);
  });

  it('is fetched again, once, when Salesforce answers 401; every event arrives once', async () => {
    await org.expireTokens();
    const before = (await org.calls()).length;
    const markers = Array.from({ length: 3 }, uniqueId);
    const ids = await Promise.all(markers.map((marker) => send(estimate, { Marker__c: marker })));
    await Promise.all(markers.map(published));
    const calls = await callsSince(before);
    const posts = calls.filter(({ path }) => path.endsWith(EVENT)).map(({ status }) => status);
    expect(posts).toContain(401);
    expect(posts.filter((status) => status === 201)).toHaveLength(3);
    expect(calls.filter(({ kind }) => kind === 'login')).toHaveLength(1);
    for (const id of ids) expect(await queues.rule.messages(id)).toEqual([]);
  });
});

describe('a Contact', () => {
  it('is created by its external id, with its text unchanged', async () => {
    const key = `C/${uniqueId()} ü?#%`;
    const fields = { FirstName: '🎁', LastName: nasty, Description: nasty };
    await send(customer, { customerId: key, contact: fields });
    expect(await contact(key)).toMatchObject(fields);
  });

  it('is updated when it exists; fields that the event lacks stay', async () => {
    const key = uniqueId();
    await send(customer, { customerId: key, contact: { FirstName: 'Jane', LastName: 'Doe' } });
    const { Id } = await contact(key);
    const changed = { ...customer, 'detail-type': 'Customer Updated' };
    await send(changed, { customerId: key, contact: { LastName: 'Roe' } });
    const record = await waitFor('the change', async () => {
      const found = await contact(key);
      return found['LastName'] === 'Roe' ? found : undefined;
    });
    expect(record).toMatchObject({ Id, FirstName: 'Jane', LastName: 'Roe' });
  });
});

describe('an event that Salesforce rejects', () => {
  afterEach(() => org.clearFaults());

  it('is dead-lettered at once with the reason, redriven in case it was a lock, and parked', async () => {
    const key = uniqueId();
    const detail = { customerId: key, contact: { LastName: 'Doe', Customer_Id__c: key } };
    const id = await send(customer, detail);
    const { Body = '', MessageAttributes = {} } = await messageIn('rule', id);
    expect(JSON.parse(Body)).toMatchObject({ id, detail });
    const attributes = Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
    );
    expect(attributes).toEqual({
      RULE_ARN: expect.stringContaining('-contact'),
      TARGET_ARN: expect.stringContaining(':api-destination/'),
      ERROR_CODE: 'SDK_CLIENT_ERROR',
      ERROR_MESSAGE: expect.stringContaining('status code 400'),
      RETRY_ATTEMPTS: '0',
    });
    const parked = await waitFor('the parked event', async () => {
      await reprocess({ queue: 'rule' });
      const objects = await readObjects(output('ParkBucketName'), 'parked/TOO_MANY_REDRIVES/');
      return objects.find(({ text }) => text.includes(id));
    });
    expect(parked.text).toContain('status code 400');
    expect(await queues.rule.messages(id)).toEqual([]);
  });

  it('for a while is retried, dead-lettered and then redriven to that destination', async () => {
    const key = uniqueId();
    const fault = { status: 503, errorCode: 'SERVER_UNAVAILABLE', times: 1000 } as const;
    await org.addFault({ ...fault, match: { path: key }, after: 'before' });
    const id = await send(customer, { customerId: key, contact: { LastName: nasty } });
    const message = await messageIn('rule', id);
    const { MessageAttributes } = message;
    expect(MessageAttributes?.['EXHAUSTED_RETRY_CONDITION']?.StringValue).toBeDefined();
    expect(Number(MessageAttributes?.['RETRY_ATTEMPTS']?.StringValue)).toBeGreaterThan(1);
    const calls = (await org.calls()).filter(({ path }) => path.includes(key));
    expect(calls.length).toBeGreaterThan(1);
    await org.clearFaults();
    await reprocessOne('rule', message);
    expect(await contact(key)).toMatchObject({ LastName: nasty });
  });
});

describe('an event from Salesforce', () => {
  const relay = async (name: string, change: object = {}) => {
    const { 'detail-type': DetailType, detail } = { ...sample(name), ...change };
    const Source = 'aws.partner/salesforce.com/00D000000000001EAA/0YL000000000001CAA';
    const entry = { Source, DetailType, Detail: JSON.stringify(detail) };
    const { Entries } = await events.send(new PutPartnerEventsCommand({ Entries: [entry] }));
    const id = Entries?.[0]?.EventId;
    return waitFor('the forwarded event', () => observer.find((event) => event.id === id));
  };

  it('reaches the bus unchanged, through the partner bus', async () => {
    const { detail } = sample('partner-event-relay');
    const event = await relay('partner-event-relay');
    expect(event.source).toMatch(/^aws\.partner\/salesforce\.com\//);
    expect(event.detail).toEqual(detail);
  });

  it('that is too large for the partner bus arrives as its pointer', async () => {
    const { detail } = sample('partner-appflow-large');
    expect((await relay('partner-appflow-large')).detail).toEqual(detail);
  });

  it('does not return to Salesforce, though it is named like the platform event', async () => {
    const [relayed, later] = [uniqueId(), uniqueId()];
    await relay('partner-event-relay', { 'detail-type': EVENT, detail: { Marker__c: relayed } });
    await send(estimate, { Marker__c: later });
    await published(later);
    const markers = (await org.records(EVENT)).map((record) => record['Marker__c']);
    expect(markers).not.toContain(relayed);
  });
});
