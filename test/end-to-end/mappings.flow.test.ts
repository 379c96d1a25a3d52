import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sign } from '@octokit/webhooks-methods';
import { describe, expect, it } from 'vitest';
import { createClients } from '../../cli/aws.ts';
import { traceEvent } from '../../cli/events/follow.ts';
import { findEventStack } from '../../cli/events/stack.ts';
import { issueTitled, sendGitHub } from '../../local/demo/github.ts';
import { waitFor } from '../../local/stack/wait.ts';
import {
  messageIn,
  org,
  replyTo,
  reprocess,
  reprocessOne,
  request,
  send,
  stack,
  uniqueId,
} from './harness.ts';

/** An event of `events/` as it is on the bus, with changes to its detail. */
function sample(name: string, change: (detail: Record<string, unknown>) => object) {
  const event = JSON.parse(readFileSync(`events/bus-${name}.json`, 'utf8'));
  return { event, detail: change(event.detail) };
}

const recordsWith = async (object: string, field: string, value: string) =>
  (await org.records(object)).filter((record) => record[field] === value);

const created = (object: string, field: string, value: string) =>
  waitFor(`the ${object} ${value}`, async () => (await recordsWith(object, field, value))[0]);

/** A Contact of this GitHub user, made by a request. */
async function createContact(login: string): Promise<string> {
  const payload = { LastName: 'Reporter', GitHub_Login__c: login };
  const create = { action: 'POST', resource: 'sobjects', object: 'Contact', payload };
  return String((await replyTo(await request(create))).data['id']);
}

const options = { stackName: stack.stackName, local: true };
const clients = await createClients(options);
const eventStack = await findEventStack(clients, options, (error) => {
  throw error;
});

/** The event's way once it is over: lines are there when their invocation has ended. */
const succeeded = (id: string) =>
  waitFor(`the way of ${id}`, async () => {
    const until = new Date();
    const since = new Date(until.getTime() - 600_000);
    const trace = await traceEvent(id, { clients, stack: eventStack, since, until });
    return trace.state === 'succeeded' ? trace : undefined;
  });

describe('a mapping', () => {
  it('has a whole way from the webhook to the record, found by the id of each hop', async () => {
    const title = uniqueId();
    const { github = '' } = stack.functionUrls;
    const { deliveryId } = await sendGitHub(github, stack.secrets.github, issueTitled(title));
    const { Id } = await created('Case', 'Subject', title);
    const trace = await succeeded(deliveryId);
    const kinds = trace.hops.map(({ kind }) => kind);
    expect(kinds).toEqual(['accepted', 'bus', 'queued', 'called', 'replied']);
    expect(trace.hops[3]?.text).toMatch(
      new RegExp(`^Mapping github-issue-to-case succeeded: .*create Case ${Id}`),
    );
    expect(trace.ids).toMatchObject({ delivery: [deliveryId], recordId: [Id] });
    for (const id of [Id, trace.ids['eventId']?.[0] ?? '', trace.ids['messageId']?.[0] ?? ''])
      expect((await succeeded(id)).hops).toEqual(trace.hops);
  });

  it('makes an order with its lines', async () => {
    const orderId = uniqueId();
    const { event, detail } = sample('order-with-items', (order) => ({
      ...order,
      orderId,
      customer: { ...Object(order['customer']), id: `C-${orderId}`, companyId: `CO-${orderId}` },
    }));
    const reply = await replyTo(await send(event, detail));
    expect(reply).toMatchObject({
      category: 'success',
      data: { steps: { order: { created: true } } },
    });
    const order = await created('Order__c', 'Number__c', orderId);
    expect(await recordsWith('Order_Line__c', 'Order__c', order.Id)).toHaveLength(2);
    const [contact] = await recordsWith('Contact', 'Shop_Id__c', `C-${orderId}`);
    expect(order['Contact__c']).toBe(contact?.Id);
  });

  it('that finds two Contacts goes on after a correction', async () => {
    const login = uniqueId();
    const Issue_Id__c = String(Date.now());
    const [first] = [await createContact(login), await createContact(login)];
    const { event, detail } = sample('github-issue-labeled', (issue) => ({
      ...issue,
      issue: { ...Object(issue['issue']), id: Number(Issue_Id__c), user: { login } },
    }));
    const id = await send(event, detail);
    const message = await messageIn('apicall', id);
    expect(JSON.parse(message.MessageAttributes?.['Failure']?.StringValue ?? '')).toMatchObject({
      errorCode: 'MAPPING_MANY_FOUND',
      correlation: { mapping: 'github-bug-to-record', step: 'reporter' },
    });
    await reprocessOne('apicall', message, 'parked');
    const payload = { GitHub_Login__c: `${login}-other` };
    const update = { action: 'PATCH', resource: 'sobjects', object: 'Contact', record: first };
    await replyTo(await request({ ...update, payload }));
    await waitFor('the message to be unparked', async () => {
      const filter = { reason: 'PERMANENT', path: { '$.id': id } };
      const report = await reprocess({ action: 'unpark', filter });
      return report?.parked?.results.redriven === 1 || undefined;
    });
    const bug = await created('Bug__c', 'Issue_Id__c', Issue_Id__c);
    await waitFor('the reviews', async () => {
      const reviews = await recordsWith('Review__c', 'Bug__c', bug.Id);
      return reviews.length === 2 || undefined;
    });
    const kinds = (await succeeded(id)).hops.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'replied')).toEqual([
      'queued',
      'failed',
      'dead-lettered',
      'parked',
      'unparked',
      'queued',
      'called',
    ]);
  });

  // The only reader of payloads in S3: without its right to them, this fails.
  it('reads the payload of a webhook that is too large for the bus', async () => {
    const title = uniqueId();
    const issue = { title, html_url: 'https://github.com/', body: 'x'.repeat(1_000_000) };
    const body = JSON.stringify({ action: 'opened', issue });
    const { status } = await fetch(stack.functionUrls.github ?? '', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-delivery': randomUUID(),
        'x-github-event': 'issues',
        'x-github-hook-id': '1',
        'x-hub-signature-256': await sign(stack.secrets.github, body),
      },
      body,
    });
    expect(status).toBe(202);
    expect(await created('Case', 'Subject', title)).toMatchObject({ Origin: 'Web' });
  });
});
