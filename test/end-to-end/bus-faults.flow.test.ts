import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { issueTitled, sendGitHub } from '../../local/demo/github.ts';
import { incomingSms, sendTwilio } from '../../local/demo/twilio.ts';
import { type AwsFault, awsFaults, PUT_EVENTS } from '../../local/faults/aws-faults.ts';
import { interceptAwsCalls } from '../../local/faults/intercept.ts';
import { waitFor } from '../../local/stack/wait.ts';
import {
  messageIn,
  observer,
  org,
  output,
  queues,
  readObjects,
  replyTo,
  reprocess,
  reprocessOne,
  sendMessage,
  stack,
  uniqueId,
} from './harness.ts';

const SEND_MESSAGE = 'AmazonSQS.SendMessage';

const { proxy, restore } = await interceptAwsCalls(stack, {
  functions: [
    'GitHubWebhookFunction',
    'TwilioWebhookFunction',
    'SalesforceApiCallFunction',
    'DlqReprocessorFunction',
  ],
});
afterEach(() => proxy.heal());
afterAll(restore);

/** Plays a fault at the calls of some operations. */
const fail = (fault: AwsFault, ...operations: string[]): void =>
  proxy.inject(({ operation }) => (operations.includes(operation) ? fault : undefined));

/** Sends the webhook of an issue that was opened, with a title of its own. */
async function sendIssue(text = '') {
  const title = `${uniqueId()}${text}`;
  const body = issueTitled(title);
  const url = stack.functionUrls.github ?? '';
  const { status, deliveryId } = await sendGitHub(url, stack.secrets.github, body);
  return { body, status, title, urn: `urn:webhook:github:delivery:${deliveryId}` };
}

const onBus = (urn: string) => observer.filter(({ resources: [first] }) => first === urn);

/** Invokes the reprocessor, as its schedule would, until the entries with these marks have left the spill queue. */
const publishSpilled = (...marks: string[]) =>
  waitFor(`the entries ${marks.join(', ')} to leave the spill queue`, async () => {
    await reprocess({ queue: 'spill' });
    const left = (await queues.spill.messages('')).map(({ Body = '' }) => Body).join();
    return marks.some((mark) => left.includes(mark)) ? undefined : true;
  });

describe('while the bus fails, an accepted event is spilled, published later and applied once', () => {
  it.each<[string, AwsFault]>([
    ['refuses every entry', awsFaults.refusedEntries],
    ['throttles', awsFaults.throttledEntries],
    ['is unavailable', awsFaults.unavailable],
    ['resets connections', awsFaults.resetBefore],
    ['never answers', awsFaults.hang],
    ['takes events and resets the connection', awsFaults.resetAfter],
  ])('the bus %s', async (_, fault) => {
    fail(fault, PUT_EVENTS);
    const sent = await Promise.all([sendIssue(), sendIssue(), sendIssue()]);
    expect(sent.map(({ status }) => status)).toEqual([202, 202, 202]);
    for (const { urn } of sent) {
      await messageIn('spill', urn);
      if (fault !== awsFaults.resetAfter) expect(await onBus(urn)).toEqual([]);
    }
    proxy.heal();
    const casesOf = async (title: string) =>
      (await org.records('Case')).filter(({ Subject }) => Subject === title);
    await publishSpilled(...sent.map(({ urn }) => urn));
    for (const { title, urn } of sent) {
      await waitFor(`the event ${urn}`, async () => (await onBus(urn))[0]);
      await waitFor(`the Case of ${urn}`, async () => (await casesOf(title))[0]);
    }
    for (const { title } of sent) expect(await casesOf(title)).toHaveLength(1);
  });
});

describe('while the bus fails, is spilled and published later:', () => {
  it('a Twilio webhook', async () => {
    fail(awsFaults.refusedEntries, PUT_EVENTS);
    const text = uniqueId();
    const { status } = await sendTwilio({
      url: stack.functionUrls.twilio ?? '',
      signedUrl: output('TwilioWebhookUrl'),
      authToken: stack.secrets.twilio,
      fields: incomingSms(text),
    });
    expect(status).toBe(202);
    await messageIn('spill', text);
    proxy.heal();
    await publishSpilled(text);
    await waitFor('the event', () => observer.find(({ detail }) => detail['Body'] === text));
  });

  it('a reply of apicall', async () => {
    fail(awsFaults.refusedEntries, PUT_EVENTS);
    const idempotencyKey = uniqueId();
    const payload = { LastName: idempotencyKey, Company: 'Spill Ltd' };
    const body = { action: 'POST', resource: 'sobjects', object: 'Lead', payload, idempotencyKey };
    await queues.requests.send([{ body: JSON.stringify(body) }]);
    await messageIn('spill', idempotencyKey);
    proxy.heal();
    await publishSpilled(idempotencyKey);
    expect((await replyTo(idempotencyKey)).category).toBe('success');
  });

  it('the event that announces a parked message', async () => {
    const body = `not an entry: ${uniqueId()}`;
    await sendMessage(output('SpillQueueUrl'), body);
    const message = await messageIn('spill', body);
    fail(awsFaults.refusedEntries, PUT_EVENTS);
    await reprocessOne('spill', message, 'parked');
    const id = message.MessageId ?? '';
    await messageIn('spill', `/${id}`);
    proxy.heal();
    await publishSpilled(`/${id}`);
    await waitFor('the event', () => observer.find(({ detail }) => detail['id'] === id));
  });
});

describe('an event that neither bus nor spill queue takes', () => {
  it('is answered 500, so that its sender still owns it', async () => {
    fail(awsFaults.unavailable, PUT_EVENTS, SEND_MESSAGE);
    expect((await sendIssue()).status).toBe(500);
  });
});

describe('a large body whose upload fails', () => {
  it('is spilled whole and reaches the bus later', async () => {
    proxy.inject(({ operation }) =>
      operation.startsWith('PUT ') ? awsFaults.resetBefore : undefined,
    );
    const { body, status, urn } = await sendIssue('x'.repeat(950_000));
    expect(status).toBe(202);
    proxy.heal();
    await messageIn('spill', urn);
    // A preview hides no message.
    await reprocess({ action: 'preview', queue: 'spill' });
    expect(await queues.spill.messages(urn)).toHaveLength(1);
    await publishSpilled(urn);
    const event = await waitFor('the event', async () => (await onBus(urn))[0]);
    const isPointer = event['detail-type'] === 'issues.claim-check';
    const [stored] = isPointer
      ? await readObjects(output('PayloadBucketName'), String(event.detail['key']))
      : [{ text: JSON.stringify(event.detail) }];
    expect(JSON.parse(stored?.text ?? '{}')).toEqual(JSON.parse(body));
  });
});
