import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { AwsClient } from 'aws4fetch';
import { describe, expect, it } from 'vitest';
import { localClient } from '../../local/stack/aws.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { physicalId } from './functions.ts';
import {
  apiCallDlq,
  org,
  output,
  REQUEST,
  receive,
  replyTo,
  request,
  runReprocessor,
  stack,
} from './kit.ts';

const contact = { action: 'POST', resource: 'sobjects', object: 'Contact' };

describe('request events', () => {
  it('create a record and are answered with its id', async () => {
    const reply = await replyTo(await request({ ...contact, payload: { LastName: 'Created' } }));
    expect(reply.category).toBe('success');
    const created = (await org.records('Contact')).find(({ LastName }) => LastName === 'Created');
    expect(reply.data['id']).toBe(created?.Id);
  });

  it('upsert by an external id with a slash and other characters', async () => {
    const record = 'Ext__c/a/b?c#d é%2F';
    const detail = {
      action: 'patch',
      resource: 'sobjects',
      object: 'Contact',
      record,
      payload: { LastName: 'U' },
    };
    const reply = await replyTo(await request(detail));
    expect(reply.data).toMatchObject({ created: true });
    const upserted = (await org.records('Contact')).find(({ Id }) => Id === reply.data['id']);
    expect(upserted?.['Ext__c']).toBe('a/b?c#d é%2F');
  });

  it('query with SOQL', async () => {
    await replyTo(await request({ ...contact, payload: { LastName: 'Queried' } }));
    const q = "SELECT LastName FROM Contact WHERE LastName = 'Queried'";
    const reply = await replyTo(await request({ action: 'GET', resource: 'query', query: { q } }));
    expect(reply.data['totalSize']).toBe(1);
  });

  it('that succeed without a body are answered with an empty object', async () => {
    const created = await replyTo(await request({ ...contact, payload: { LastName: 'Deleted' } }));
    const record = String(created.data['id']);
    const reply = await replyTo(
      await request({ action: 'DELETE', resource: 'sobjects', object: 'Contact', record }),
    );
    expect(reply).toMatchObject({ category: 'success', data: {} });
  });

  it('go on with a new token after the old one has expired', async () => {
    await replyTo(await request({ ...contact, payload: { LastName: 'Before' } }));
    await fetch(`${stack.salesforce.url}/__sim/expire-tokens`, { method: 'POST' });
    const reply = await replyTo(await request({ ...contact, payload: { LastName: 'After' } }));
    expect(reply.category).toBe('success');
  });

  it('that nobody may make are answered with the reason and kept', async () => {
    const id = await request({ action: 'GET', resource: 'tooling' });
    const reply = await replyTo(id);
    expect(reply).toMatchObject({ category: 'error', data: { code: 'request-validation' } });
    expect(reply.data['description']).toContain('AllowedResources');
    const failure = await waitFor('the dead letter', apiCallDlq.peek);
    expect(failure.class).toBe('permanent-data');
    await runReprocessor();
    expect(await apiCallDlq.depth()).toBe(0);
  });

  it("are answered with Salesforce's own error when the data is wrong", async () => {
    const reply = await replyTo(await request({ ...contact, payload: { FirstName: 'Only' } }));
    expect(reply.data).toMatchObject({
      code: 'adapter-process',
      details: { status: 400, errorCode: 'REQUIRED_FIELD_MISSING', retryable: false },
    });
    await runReprocessor();
  });
});

describe('one effect per event', () => {
  it('two events with one idempotency key make one record and get the same answer', async () => {
    const detail = { ...contact, idempotencyKey: 'same', payload: { LastName: 'Once' } };
    const first = await replyTo(await request(detail));
    const second = await replyTo(await request(detail));
    expect(second.data['id']).toBe(first.data['id']);
    expect(
      (await org.records('Contact')).filter(({ LastName }) => LastName === 'Once'),
    ).toHaveLength(1);
  });

  it('a create whose answer was lost is kept for a person and never made again', async () => {
    const match = { method: 'POST', path: '/sobjects/Lead' };
    await org.addFault({ match, reset: true, times: 1, after: 'commit' });
    const payload = { LastName: 'Committed', Company: 'Reset Ltd' };
    await request({ action: 'POST', resource: 'sobjects', object: 'Lead', payload });
    const failure = await waitFor('the dead letter', apiCallDlq.peek);
    expect(failure.class).toBe('outcome-unknown');
    await runReprocessor();
    expect(await org.records('Lead')).toHaveLength(1);
    expect(await apiCallDlq.depth()).toBe(0);
    expect(await receive(output('ApiCallQueueUrl'))).toHaveLength(0);
  });
});

describe('HTTP CloudEvents', () => {
  const attributes = { specversion: '1.0', id: 'http-1', source: 'test', type: REQUEST };
  const data = { ...contact, payload: { LastName: 'Over HTTP' } };
  const url = stack.functionUrls.apicall ?? '';
  const iam = new AwsClient({
    accessKeyId: 'test',
    secretAccessKey: 'test',
    service: 'lambda',
    region: stack.region,
  });

  it('without IAM credentials are refused', async () => {
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(403);
  });

  it('in structured mode are answered in the same call', async () => {
    const headers = { 'content-type': 'application/cloudevents+json' };
    const body = JSON.stringify({ ...attributes, data });
    const response = await iam.fetch(url, { method: 'POST', headers, body });
    expect(response.headers.get('content-type')).toContain('application/cloudevents+json');
    expect(await response.json()).toMatchObject({ category: 'success', processedid: 'http-1' });
  });

  it('in binary mode of another type are refused as an event of that type', async () => {
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
  it('has its events queued, made and answered on the bus', async () => {
    const id = crypto.randomUUID();
    const event = {
      version: '0',
      id,
      source: 'test',
      'detail-type': REQUEST,
      detail: { ...contact, payload: { LastName: 'Handed over' } },
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
