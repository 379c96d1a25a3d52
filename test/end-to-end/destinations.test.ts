import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutPartnerEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { waitFor } from '../../local/stack/wait.ts';
import {
  events,
  observer,
  org,
  output,
  readObjects,
  receive,
  ruleDlq,
  runReprocessor,
  send,
} from './kit.ts';

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
const deadLetter = () =>
  waitFor('the dead letter', async () => (await receive(output('RuleDlqUrl')))[0], {
    timeoutMs: 30_000,
  });
const callsSince = async (before: number) => (await org.calls()).slice(before);

describe("the connection's token", () => {
  it('is fetched once, however many events come at once, and used until it is refused', async () => {
    await org.expireTokens();
    await send(estimate, { Marker__c: 'warm-up' });
    await published('warm-up');
    const before = (await org.calls()).length;
    const markers = Array.from({ length: 10 }, (_, index) => `same-token-${index}`);
    await Promise.all(markers.map((marker) => send(estimate, { Marker__c: marker })));
    await Promise.all(markers.map(published));
    const calls = await callsSince(before);
    expect(calls.filter(({ kind }) => kind === 'login')).toEqual([]);
    expect(calls.filter(({ path }) => path.endsWith(EVENT))).toHaveLength(10);
  });

  it('is fetched anew, once, when Salesforce answers 401; every event arrives once', async () => {
    await org.expireTokens();
    const before = (await org.calls()).length;
    const markers = ['renewed-1', 'renewed-2', 'renewed-3'];
    await Promise.all(markers.map((marker) => send(estimate, { Marker__c: marker })));
    await Promise.all(markers.map(published));
    const calls = await callsSince(before);
    const posts = calls.filter(({ path }) => path.endsWith(EVENT)).map(({ status }) => status);
    expect(posts).toContain(401);
    expect(posts.filter((status) => status === 201)).toHaveLength(3);
    expect(calls.filter(({ kind }) => kind === 'login')).toHaveLength(1);
    expect(await ruleDlq.depth()).toBe(0);
  });
});

describe('a Contact', () => {
  it('is made by its external id, with its text as it was', async () => {
    const key = 'C/4711 ü?#%';
    const fields = { FirstName: '🎁', LastName: nasty, Description: nasty };
    await send(customer, { customerId: key, contact: fields });
    expect(await contact(key)).toMatchObject(fields);
  });

  it('is changed when it is there; fields that the event lacks stay', async () => {
    const key = 'C-0815';
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

describe('what Salesforce refuses', () => {
  afterEach(() => org.clearFaults());

  it('is dead-lettered at once with the reason, redriven in case it was a lock, and parked', async () => {
    const detail = { customerId: 'C-400', contact: { LastName: 'Doe', Customer_Id__c: 'C-400' } };
    const id = await send(customer, detail);
    const { Body = '', MessageAttributes = {} } = await deadLetter();
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
      await runReprocessor();
      const objects = await readObjects(output('ParkBucketName'), 'parked/TOO_MANY_REDRIVES/');
      return objects.find(({ text }) => text.includes(id));
    });
    expect(parked.text).toContain('status code 400');
    expect(await ruleDlq.depth()).toBe(0);
  });

  it('for a while is tried again, dead-lettered and then delivered, to that destination alone', async () => {
    const fault = { status: 503, errorCode: 'SERVER_UNAVAILABLE', times: 1000 } as const;
    await org.addFault({ ...fault, match: { path: '/Contact/' }, after: 'before' });
    const before = (await org.calls()).length;
    await send(customer, { customerId: 'C-503', contact: { LastName: nasty } });
    const { MessageAttributes } = await deadLetter();
    expect(MessageAttributes?.['EXHAUSTED_RETRY_CONDITION']?.StringValue).toBeDefined();
    expect(Number(MessageAttributes?.['RETRY_ATTEMPTS']?.StringValue)).toBeGreaterThan(1);
    expect((await callsSince(before)).length).toBeGreaterThan(1);
    await org.clearFaults();
    await runReprocessor();
    expect(await contact('C-503')).toMatchObject({ LastName: nasty });
    expect(await ruleDlq.depth()).toBe(0);
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

  it('comes to the bus as it was, by way of the partner bus', async () => {
    const { detail } = sample('partner-event-relay');
    const event = await relay('partner-event-relay');
    expect(event.source).toMatch(/^aws\.partner\/salesforce\.com\//);
    expect(event.detail).toEqual(detail);
  });

  it('that is too large for it comes as the pointer that it is', async () => {
    const { detail } = sample('partner-appflow-large');
    expect((await relay('partner-appflow-large')).detail).toEqual(detail);
  });

  it('does not go back to Salesforce, though it is named like the platform event', async () => {
    await relay('partner-event-relay', { 'detail-type': EVENT, detail: { Marker__c: 'relayed' } });
    await send(estimate, { Marker__c: 'after-the-relayed' });
    await published('after-the-relayed');
    const markers = (await org.records(EVENT)).map((record) => record['Marker__c']);
    expect(markers).not.toContain('relayed');
  });
});
