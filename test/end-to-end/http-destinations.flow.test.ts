import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClients } from '../../cli/aws.ts';
import { deployDestination, removeDestination } from '../../cli/destination/deploy.ts';
import { startReceiver } from '../../local/receiver/receiver.ts';
import { root } from '../../local/stack/paths.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { messageIn, observer, org, reprocessOne, send, stack, uniqueId } from './harness.ts';

const order = JSON.parse(readFileSync(join(root, 'events/bus-order-placed.json'), 'utf8'));
const main = { stackName: stack.stackName, local: true };
const aws = await createClients(main);
const { secretsManager } = aws;
const receiver = await startReceiver();

const putSecret = (SecretId: string, value: object) =>
  secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }));

const deploy = (name: string, secret: string, partner: string, parameter: Record<string, string>) =>
  deployDestination(aws, {
    ...main,
    name,
    secret,
    partner,
    values: [],
    parameter: { DetailTypes: 'Order Placed', MaxRetryAttempts: '2', ...parameter },
  });

const at = (path: string) => ({ Endpoint: `${receiver.url}${path}` });
const toSlack = () => deploy('slack', 'slack', 'slack', at('/slack'));
const toTickets = () => deploy('tickets', 'tickets', 'freshworks', at('/tickets'));

const requestsTo = (path: string, mark: string) =>
  receiver.requests.filter(
    (request) => request.path.startsWith(path) && request.body.includes(mark),
  );
/** The first request to a destination that contains the mark of an event. */
const requestTo = (path: string, mark: string) =>
  waitFor(`a request to ${path} with ${mark}`, async () => requestsTo(path, mark)[0]);
const bodyOf = (request: { body: string }): unknown => JSON.parse(request.body);

/** A copy of the order with ids of its own: in every destination's body stands `orderId`, `note` or the customer's. */
function uniqueOrder() {
  const mark = uniqueId();
  const { customer } = order.detail;
  const detail = {
    ...order.detail,
    orderId: `ORD-${mark}`,
    note: `${order.detail.note} ${mark}`,
    customer: { ...customer, id: `C-${mark}/EU`, email: `${mark}@example.com` },
  };
  return { mark, detail };
}

const names = ['slack', 'hubspot', 'tickets', 'observability', 'salesforce'];

beforeAll(async () => {
  const values = {
    slack: { apiKey: 'xoxb-1' },
    hubspot: { apiKey: 'pat-1' },
    tickets: { username: 'key-1', password: 'X' },
    observability: { clientId: 'id', clientSecret: 'hush' },
  };
  for (const [Name, value] of Object.entries(values)) {
    const SecretString = JSON.stringify(value);
    await secretsManager.send(new CreateSecretCommand({ Name, SecretString }));
  }
  const salesforce = stack.salesforce.url;
  const row = '/services/data/v68.0/sobjects/Contact/Customer_Id__c/*';
  await Promise.all([
    toSlack(),
    toTickets(),
    deploy('hubspot', 'hubspot', 'hubspot', at('/crm/v3/objects/contacts')),
    deploy('observability', 'observability', 'cisco-cloud-observability', {
      ...at('/rest/awsevents'),
      TokenEndpoint: `${receiver.url}/oauth/token`,
    }),
    deploy('salesforce', `${stack.stackName}-connection`, 'salesforce', {
      Endpoint: `${salesforce}${row}`,
      TokenEndpoint: `${salesforce}/services/oauth2/token`,
    }),
  ]);
});

afterAll(async () => {
  await Promise.all(names.map((name) => removeDestination(aws, { ...main, name })));
  await receiver.close();
});

describe('one event', () => {
  it('reaches Salesforce, Slack and every other destination in the form that each expects', async () => {
    const { mark, detail } = uniqueOrder();
    const id = await send(order, detail);
    const { customer, note, orderId } = detail;

    const slack = await requestTo('/slack', mark);
    expect(slack.headers).toMatchObject({
      authorization: 'Bearer xoxb-1',
      'content-type': 'application/json;charset=utf-8',
    });
    expect(bodyOf(slack)).toMatchObject({ channel: '#orders', text: note });

    const hubspot = await requestTo('/crm/v3/objects/contacts', mark);
    expect(hubspot.headers['authorization']).toBe('Bearer pat-1');
    const { firstName: firstname, lastName: lastname, email, phone } = customer;
    expect(bodyOf(hubspot)).toEqual({ properties: { firstname, lastname, email, phone } });

    const ticket = await requestTo('/tickets', mark);
    expect(ticket.headers['authorization']).toBe(`Basic ${btoa('key-1:X')}`);
    expect(bodyOf(ticket)).toMatchObject({ subject: orderId, description: note });

    const whole = await requestTo('/rest/awsevents', mark);
    expect(whole.headers['authorization']).toBe('Bearer local-token');
    expect(bodyOf(whole)).toMatchObject({ id, source: order.source, detail });

    const contact = await waitFor('the Contact', async () =>
      (await org.records('Contact')).find((record) => record['Customer_Id__c'] === customer.id),
    );
    expect(contact).toMatchObject({ FirstName: customer.firstName, LastName: customer.lastName });
  });

  it('passes any text through a template unchanged', async () => {
    const notes = fc.sample(fc.string({ unit: 'grapheme', minLength: 1 }), 15);
    const wanted = new Set(notes.map((note) => `${note}"\\\n\t<p1>{}`));
    await Promise.all([...wanted].map((note) => send(order, { ...order.detail, note })));
    const arrived = () =>
      receiver.requests
        .filter(({ path }) => path === '/slack')
        .map((request) => Object(bodyOf(request)).text as string)
        .filter((note) => wanted.has(note));
    await waitFor('every text', async () => arrived().length === wanted.size || undefined);
  });

  it('that lacks a field reaches destinations that need it as invalid JSON, and others unchanged', async () => {
    const { mark, detail } = uniqueOrder();
    const { note: _note, ...rest } = detail;
    await send(order, rest);
    // Slack's body contains the note alone: its absence is all that identifies this request.
    const slack = await requestTo('/slack', '"text": ,');
    expect(() => bodyOf(slack)).toThrow(SyntaxError);
    const whole = await requestTo('/rest/awsevents', mark);
    expect(bodyOf(whole)).toMatchObject({ detail: { orderId: detail.orderId } });
  });
});

describe('a destination that fails', () => {
  it('gets the event from the reprocessor, and no other destination gets it again', async () => {
    receiver.answer('/slack', 503);
    const { mark, detail } = uniqueOrder();
    const marked = { ...detail, note: `while Slack was down ${mark}: "🎁"\n` };
    const id = await send(order, marked);
    const message = await messageIn('rule', id, '-to-slack');
    expect(JSON.parse(message.Body ?? '')).toMatchObject({ id, detail: marked });
    expect(message.MessageAttributes?.['RETRY_ATTEMPTS']?.StringValue).toBe('2');
    receiver.answer('/slack', 200);
    await reprocessOne('rule', message);
    // The delivery, its two retries and the redrive.
    const slack = await waitFor('the message', async () => {
      const requests = requestsTo('/slack', mark);
      return requests.length === 4 ? requests : undefined;
    });
    expect(new Set(slack.map(({ body }) => body)).size).toBe(1);
    expect(requestsTo('/tickets', mark)).toHaveLength(1);
  });
});

describe('a connection whose credentials are rejected', () => {
  it('is de-authorized; a deployment with the new secret and the reprocessor deliver the event', async () => {
    receiver.answer('/tickets', 401);
    const { mark, detail } = uniqueOrder();
    const id = await send(order, detail);
    const message = await messageIn('rule', id, '-to-tickets');
    // The connection is no longer used at all, whatever the endpoint would answer now.
    receiver.answer('/tickets', 200);
    await putSecret('tickets', { username: 'key-2', password: 'X' });
    expect((await toTickets()).result).toBe('updated');
    await reprocessOne('rule', message);
    const authorization = `Basic ${btoa('key-2:X')}`;
    const ticket = await waitFor('the ticket', async () =>
      requestsTo('/tickets', mark).find(
        ({ headers }) => headers['authorization'] === authorization,
      ),
    );
    expect(bodyOf(ticket)).toMatchObject({ subject: detail.orderId });
    expect(await observer.filter((event) => event.id === id)).toHaveLength(1);
  });

  it('is unchanged by a deployment without changes', async () => {
    expect((await toSlack()).result).toBe('unchanged');
  });
});
