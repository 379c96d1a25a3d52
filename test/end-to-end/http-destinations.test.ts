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
import { observer, org, output, receive, ruleDlq, runReprocessor, send, stack } from './kit.ts';

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

const received = (path: string, count = 1) =>
  waitFor(`${count} requests to ${path}`, async () => {
    const requests = receiver.requests.filter((request) => request.path.startsWith(path));
    return requests.length >= count ? requests : undefined;
  });
const bodyOf = (request: { body: string } | undefined): unknown => JSON.parse(request?.body ?? '');
const deadLetter = () =>
  waitFor('the dead letter', async () => (await receive(output('RuleDlqUrl')))[0]);

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
  it('reaches Salesforce, Slack and every other destination, as each of them wants it', async () => {
    const id = await send(order, order.detail);
    const { customer, note, orderId } = order.detail;

    const [slack] = await received('/slack');
    expect(slack?.headers).toMatchObject({
      authorization: 'Bearer xoxb-1',
      'content-type': 'application/json;charset=utf-8',
    });
    expect(bodyOf(slack)).toMatchObject({ channel: '#orders', text: note });

    const [hubspot] = await received('/crm/v3/objects/contacts');
    expect(hubspot?.headers['authorization']).toBe('Bearer pat-1');
    const { firstName: firstname, lastName: lastname, email, phone } = customer;
    expect(bodyOf(hubspot)).toEqual({ properties: { firstname, lastname, email, phone } });

    const [ticket] = await received('/tickets');
    expect(ticket?.headers['authorization']).toBe(`Basic ${btoa('key-1:X')}`);
    expect(bodyOf(ticket)).toMatchObject({ subject: orderId, description: note });

    const [whole] = await received('/rest/awsevents');
    expect(whole?.headers['authorization']).toBe('Bearer local-token');
    expect(bodyOf(whole)).toMatchObject({ id, source: order.source, detail: order.detail });

    const contact = await waitFor('the Contact', async () =>
      (await org.records('Contact')).find((record) => record['Customer_Id__c'] === customer.id),
    );
    expect(contact).toMatchObject({ FirstName: customer.firstName, LastName: customer.lastName });
  });

  it('brings any text through a template as it was', async () => {
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

  it('whose field is missing reaches those that need it as no valid JSON, and others as before', async () => {
    const { note: _left, ...rest } = order.detail;
    const before = receiver.requests.length;
    await send(order, { ...rest, orderId: 'ORD-2' });
    const since = (path: string) =>
      waitFor(`a request to ${path}`, async () =>
        receiver.requests.slice(before).find((request) => request.path.startsWith(path)),
      );
    const slack = await since('/slack');
    expect(slack.body).toContain('"text": ,');
    expect(() => bodyOf(slack)).toThrow(SyntaxError);
    expect(bodyOf(await since('/rest/awsevents'))).toMatchObject({ detail: { orderId: 'ORD-2' } });
  });
});

describe('a destination that fails', () => {
  it('gets the event from the reprocessor, and no other destination gets it again', async () => {
    receiver.answer('/slack', 503);
    const before = receiver.requests.length;
    const marked = { ...order.detail, note: 'while Slack was down: "🎁"\n' };
    const id = await send(order, marked);
    const letter = await deadLetter();
    expect(JSON.parse(letter.Body ?? '')).toMatchObject({ id, detail: marked });
    expect(letter.MessageAttributes?.['RULE_ARN']?.StringValue).toContain('-to-slack');
    expect(letter.MessageAttributes?.['RETRY_ATTEMPTS']?.StringValue).toBe('2');
    receiver.answer('/slack', 200);
    await runReprocessor();
    const since = () => receiver.requests.slice(before).filter(({ body }) => body.includes('down'));
    const slack = await waitFor('the message', async () => {
      const requests = since().filter(({ path }) => path === '/slack');
      return requests.length === 4 ? requests : undefined;
    });
    expect(new Set(slack.map(({ body }) => body)).size).toBe(1);
    expect(since().filter(({ path }) => path === '/tickets')).toHaveLength(1);
    expect(await ruleDlq.depth()).toBe(0);
  });
});

describe('a connection whose credentials are refused', () => {
  it('is de-authorized; a deployment with the new secret and the reprocessor deliver the event', async () => {
    receiver.answer('/tickets', 401);
    const marked = { ...order.detail, orderId: 'ORD-401' };
    await send(order, marked);
    const letter = await deadLetter();
    expect(letter.MessageAttributes?.['RULE_ARN']?.StringValue).toContain('-to-tickets');
    // It is no longer used at all, whatever the endpoint would say now.
    receiver.answer('/tickets', 200);
    const before = receiver.requests.filter(({ path }) => path === '/tickets').length;
    await putSecret('tickets', { username: 'key-2', password: 'X' });
    expect((await toTickets()).result).toBe('updated');
    await runReprocessor();
    const ticket = (await received('/tickets', before + 1)).at(-1);
    expect(ticket?.headers['authorization']).toBe(`Basic ${btoa('key-2:X')}`);
    expect(bodyOf(ticket)).toMatchObject({ subject: 'ORD-401' });
    expect(await ruleDlq.depth()).toBe(0);
    await observer.find(() => false);
    expect(observer.count(({ detail }) => detail['orderId'] === 'ORD-401')).toBe(1);
  });

  it('is deployed again without a change when nothing has changed', async () => {
    expect((await toSlack()).result).toBe('unchanged');
  });
});
