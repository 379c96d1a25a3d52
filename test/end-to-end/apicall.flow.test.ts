import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { AwsClient } from 'aws4fetch';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../local/demo/queues.ts';
import { localClient } from '../../local/stack/aws.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { physicalId } from './functions.ts';
import {
  messageIn,
  org,
  output,
  queues,
  REQUEST,
  readObjects,
  replyTo,
  reprocessOne,
  request,
  stack,
  uniqueId,
} from './harness.ts';

const contact = { action: 'POST', resource: 'sobjects', object: 'Contact' };

const create = (LastName: string) => request({ ...contact, payload: { LastName } });

const contacts = async (LastName: string) =>
  (await org.records('Contact')).filter((record) => record['LastName'] === LastName);

// Each test waits for the queue and its replies; only one of these looks at the dead-letter queue.
describe.concurrent('request events', () => {
  it('create a record and are answered with its id', async () => {
    const name = uniqueId();
    const reply = await replyTo(await create(name));
    expect(reply.category).toBe('success');
    expect((await contacts(name)).map(({ Id }) => Id)).toEqual([reply.data['id']]);
  });

  it('upsert by an external id with a slash and other characters', async () => {
    const externalId = `${uniqueId()}/b?c#d é%2F`;
    const detail = {
      action: 'patch',
      resource: 'sobjects',
      object: 'Contact',
      record: `Ext__c/${externalId}`,
      payload: { LastName: 'U' },
    };
    const reply = await replyTo(await request(detail));
    expect(reply.data).toMatchObject({ created: true });
    const upserted = (await org.records('Contact')).find(({ Id }) => Id === reply.data['id']);
    expect(upserted?.['Ext__c']).toBe(externalId);
  });

  it('query with SOQL', async () => {
    const name = uniqueId();
    await replyTo(await create(name));
    const q = `SELECT LastName FROM Contact WHERE LastName = '${name}'`;
    const reply = await replyTo(await request({ action: 'GET', resource: 'query', query: { q } }));
    expect(reply.data['totalSize']).toBe(1);
  });

  it('whose reply is above the size limit are answered with a claim check', async () => {
    const name = uniqueId();
    // Together more than a bus event holds. A description has at most 32,000 characters.
    const Description = 'x'.repeat(32_000);
    const parts = Array.from({ length: 30 }, () => ({ LastName: name, Description }));
    const ids = await Promise.all(parts.map((payload) => request({ ...contact, payload })));
    await Promise.all(ids.map(replyTo));
    const q = `SELECT LastName, Description FROM Contact WHERE LastName = '${name}'`;
    const id = await request({ action: 'GET', resource: 'query', query: { q } });
    const reply = await waitFor('the reply', async () => {
      const stored = await readObjects(output('PayloadBucketName'), 'claims/');
      return stored.find(({ text }) => text.includes(id));
    });
    expect(JSON.parse(reply.text)).toMatchObject({ category: 'success', data: { totalSize: 30 } });
  });

  it('that succeed without a body are answered with an empty object', async () => {
    const created = await replyTo(await create(uniqueId()));
    const record = String(created.data['id']);
    const reply = await replyTo(
      await request({ action: 'DELETE', resource: 'sobjects', object: 'Contact', record }),
    );
    expect(reply).toMatchObject({ category: 'success', data: {} });
  });

  it('continue with a new token after the old one has expired', async () => {
    await replyTo(await create(uniqueId()));
    await org.expireTokens();
    expect((await replyTo(await create(uniqueId()))).category).toBe('success');
  });

  it('that are not allowed are answered with the reason, dead-lettered and parked', async () => {
    const id = await request({ action: 'GET', resource: 'tooling' });
    const reply = await replyTo(id);
    expect(reply).toMatchObject({ category: 'error', data: { code: 'request-validation' } });
    expect(reply.data['description']).toContain('AllowedResources');
    const message = await messageIn('apicall', id);
    expect(failureOf(message)?.class).toBe('permanent-data');
    await reprocessOne('apicall', message, 'parked');
  });

  it("are answered with Salesforce's own error when the data is wrong", async () => {
    const reply = await replyTo(await request({ ...contact, payload: { FirstName: 'Only' } }));
    expect(reply.data).toMatchObject({
      code: 'adapter-process',
      details: { status: 400, errorCode: 'REQUIRED_FIELD_MISSING', retryable: false },
    });
  });
});

describe('one effect per event', () => {
  it('two events with one idempotency key create one record and get the same reply', async () => {
    const name = uniqueId();
    const detail = { ...contact, idempotencyKey: name, payload: { LastName: name } };
    const first = await replyTo(await request(detail));
    const second = await replyTo(await request(detail));
    expect(second.data['id']).toBe(first.data['id']);
    expect(await contacts(name)).toHaveLength(1);
  });

  it('a create whose answer was lost is parked and never repeated', async () => {
    const LastName = uniqueId();
    const match = { method: 'POST', path: '/sobjects/Lead', body: LastName };
    await org.addFault({ match, reset: true, times: 1, after: 'commit' });
    const payload = { LastName, Company: 'Reset Ltd' };
    const id = await request({ action: 'POST', resource: 'sobjects', object: 'Lead', payload });
    const message = await messageIn('apicall', id);
    expect(failureOf(message)?.class).toBe('outcome-unknown');
    await reprocessOne('apicall', message, 'parked');
    const leads = await org.records('Lead');
    expect(leads.filter((lead) => lead['LastName'] === LastName)).toHaveLength(1);
    expect(await queues.requests.messages(id)).toEqual([]);
  });
});

describe('HTTP CloudEvents', () => {
  const data = { ...contact, payload: { LastName: 'Over HTTP' } };
  const url = stack.functionUrls.apicall ?? '';
  const iam = new AwsClient({
    accessKeyId: 'test',
    secretAccessKey: 'test',
    service: 'lambda',
    region: stack.region,
  });

  it('without IAM credentials are rejected', async () => {
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(403);
  });

  it('in structured mode are answered in the same call', async () => {
    const id = uniqueId();
    const headers = { 'content-type': 'application/cloudevents+json' };
    const event = { specversion: '1.0', id, source: 'test', type: REQUEST, data };
    const response = await iam.fetch(url, { method: 'POST', headers, body: JSON.stringify(event) });
    expect(response.headers.get('content-type')).toContain('application/cloudevents+json');
    expect(await response.json()).toMatchObject({ category: 'success', processedid: id });
  });

  it('in binary mode of another type are rejected as an event of that type', async () => {
    const headers = {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'http%2D2',
      'ce-source': 'test',
      'ce-type': 'my-curl-type',
    };
    const response = await iam.fetch(url, { method: 'POST', headers, body: JSON.stringify(data) });
    const reply = await response.json();
    expect(reply).toMatchObject({
      category: 'error',
      processedid: 'http-2',
      data: { code: 'event-context' },
    });
  });
});

describe('a rule whose target is the function itself', () => {
  it('has its events enqueued, processed and answered on the bus', async () => {
    const id = crypto.randomUUID();
    const event = {
      version: '0',
      id,
      source: 'test',
      'detail-type': REQUEST,
      detail: { ...contact, payload: { LastName: 'Direct target' } },
    };
    await new LambdaClient(localClient(stack.endpoint)).send(
      new InvokeCommand({
        FunctionName: await physicalId('SalesforceApiCallFunction'),
        InvocationType: 'Event',
        Payload: JSON.stringify(event),
      }),
    );
    expect((await replyTo(id)).category).toBe('success');
  });
});
