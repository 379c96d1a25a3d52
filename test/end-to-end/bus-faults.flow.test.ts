import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { sendGitHub } from '../../local/demo/github.ts';
import {
  type AwsCall,
  type AwsFault,
  awsFaults,
  PUT_EVENTS,
} from '../../local/faults/aws-faults.ts';
import { interceptAwsCalls } from '../../local/faults/intercept.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { observer, org, output, queues, readObjects, reprocess, stack } from './harness.ts';

const SEND_MESSAGE = 'AmazonSQS.SendMessage';
const SEND_COUNT = 12;

const intercepted = await interceptAwsCalls(stack, { functions: ['GitHubWebhookFunction'] });
const { proxy } = intercepted;

afterEach(() => proxy.heal());
afterAll(() => intercepted.restore());

const issue = (title: string): string =>
  JSON.stringify({
    action: 'opened',
    issue: { title, html_url: 'https://github.com/octo-org/octo-repo/issues/1' },
    repository: { full_name: 'octo-org/octo-repo' },
  });

interface Sent {
  readonly status: number;
  readonly title: string;
  readonly urn: string;
}

async function sendIssue(text = ''): Promise<Sent> {
  const title = `${randomUUID()}${text}`;
  const url = stack.functionUrls.github ?? '';
  const { status, deliveryId } = await sendGitHub(url, stack.secrets.github, issue(title));
  return { status, title, urn: `urn:webhook:github:delivery:${deliveryId}` };
}

const sendIssues = (): Promise<Sent[]> =>
  pMap(Array.from({ length: SEND_COUNT }), () => sendIssue(), { concurrency: 4 });

/** Plays a fault at the calls of some operations. */
const fail = (fault: AwsFault, ...operations: string[]): void =>
  proxy.inject(({ operation }: AwsCall) => (operations.includes(operation) ? fault : undefined));

/** Invokes the reprocessor, as its schedule would, until none of these entries is in the spill queue. */
const publishSpilled = (sent: readonly Sent[]) =>
  waitFor('the entries to leave the spill queue', async () => {
    await reprocess({ queue: 'spill' });
    const entries = await queues.spill.messages('urn:webhook:github:delivery:');
    const isOwn = ({ Body = '' }) => sent.some(({ urn }) => Body.includes(urn));
    return entries.some(isOwn) ? undefined : true;
  });

/** Each event reaches the bus under the URN of its delivery, and makes one Case. */
async function expectNothingLost(sent: readonly Sent[]): Promise<void> {
  expect(sent.filter(({ status }) => status !== 202)).toEqual([]);
  await publishSpilled(sent);
  for (const { title, urn } of sent) {
    await waitFor(`the event ${urn}`, () =>
      observer.find(({ resources: [first] }) => first === urn),
    );
    await waitFor(`the Case of ${urn}`, async () => casesOf(title));
  }
  for (const { title } of sent) expect(await casesOf(title)).toHaveLength(1);
}

async function casesOf(title: string): Promise<object[] | undefined> {
  const records = await org.records('Case');
  const found = records.filter(({ Subject }) => String(Subject).includes(title.slice(0, 36)));
  return found.length > 0 ? found : undefined;
}

describe('while the bus fails, no accepted event is lost', () => {
  it.each<[string, AwsFault]>([
    ['refuses every entry', awsFaults.refusedEntries],
    ['throttles', awsFaults.throttledEntries],
    ['is unavailable', awsFaults.unavailable],
    ['resets connections', awsFaults.resetBefore],
  ])('%s', async (_, fault) => {
    fail(fault, PUT_EVENTS);
    const sent = await sendIssues();
    const early = await observer.filter(({ resources: [first] }) =>
      sent.some(({ urn }) => urn === first),
    );
    expect(early).toEqual([]);
    proxy.heal();
    await expectNothingLost(sent);
  });

  it('takes an event and resets the connection', async () => {
    let calls = 0;
    proxy.inject(({ operation }) => {
      if (operation !== PUT_EVENTS) return undefined;
      calls += 1;
      return calls % 2 === 1 ? awsFaults.resetAfter : undefined;
    });
    await expectNothingLost(await sendIssues());
  });

  it('takes the call and never answers', async () => {
    fail(awsFaults.hang, PUT_EVENTS);
    const sent = await pMap([1, 2], () => sendIssue());
    proxy.heal();
    await expectNothingLost(sent);
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
    const large = 'x'.repeat(950_000);
    proxy.inject(({ operation }) =>
      operation.startsWith('PUT ') ? awsFaults.resetBefore : undefined,
    );
    const sent = await sendIssue(large);
    const { status, title, urn } = sent;
    expect(status).toBe(202);
    proxy.heal();
    await publishSpilled([sent]);
    const event = await waitFor('the event', () =>
      observer.find(({ resources: [first] }) => first === urn),
    );
    const isPointer = event['detail-type'] === 'issues.claim-check';
    const [stored] = isPointer
      ? await readObjects(output('PayloadBucketName'), String(event.detail['key']))
      : [{ text: JSON.stringify(event.detail) }];
    expect(JSON.parse(stored?.text ?? '{}')).toEqual(JSON.parse(issue(title)));
  });
});
