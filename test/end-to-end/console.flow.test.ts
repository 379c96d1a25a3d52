import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import getPort from 'get-port';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../console/program.ts';
import { launchBrowser } from '../../local/browser/browser.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { violationsOn } from '../console/page/axe.ts';
import { load } from '../console/page/harness.ts';
import { messageIn, org, replyTo, request, stack, uniqueId } from './harness.ts';

/** For a page of a busy machine. */
const TIMEOUT_MS = 60_000;

let browser: Browser;
let page: Page;
/** Where the console is, with its token; and how to stop it. */
let start = '';
let stop: () => void = () => undefined;
let ended: Promise<number> | undefined;
let clicks = 0;

const address = (view: string): string => `${new URL(start).origin}/#/${view}`;

beforeAll(async () => {
  const port = String(await getPort({ host: '127.0.0.1' }));
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const printed = new Promise<string>((print) => {
    ended = main(['--local', '--port', port], { print, log: () => undefined, stopped });
  });
  [browser, start] = await Promise.all([launchBrowser(), printed]);
  const context = await browser.newContext({ locale: 'en-GB' });
  context.setDefaultTimeout(TIMEOUT_MS);
  page = await context.newPage();
  await page.goto(start);
});
afterAll(async () => {
  await browser?.close();
  stop();
  expect(await ended).toBe(0);
});
afterEach(() => org.clearFaults());

const click = async (locator: ReturnType<Page['locator']>): Promise<void> => {
  clicks += 1;
  await locator.click();
};

const createCase = (Subject: string) => ({
  action: 'POST',
  resource: 'sobjects',
  object: 'Case',
  payload: { Subject },
  idempotencyKey: Subject,
});

/** A create that fails until the faults are cleared, as a dead-letter message. */
async function failedCase() {
  const subject = uniqueId();
  await org.addFault({
    match: { body: subject },
    status: 400,
    errorCode: 'UNABLE_TO_LOCK_ROW',
    message: 'unable to obtain exclusive access to this record',
    times: 1_000,
    after: 'before',
  });
  await request(createCase(subject));
  const { MessageId: messageId = '' } = await messageIn('apicall', subject);
  return { subject, messageId };
}

const announced = (text: RegExp): Promise<void> =>
  page.getByRole('status').getByText(text).waitFor();

const recordOf = (subject: string) =>
  waitFor('the record', async () =>
    (await org.records('Case')).find((record) => record['Subject'] === subject),
  );

describe('the console of a running stack', () => {
  it('shows an event, and its whole way', async () => {
    const id = await request(createCase(uniqueId()));
    await replyTo(id);
    await load(page, address(`events?text=${id}`));
    await page.locator('tbody tr').getByText('succeeded').first().waitFor();
    await page.locator('tbody th a').first().click();
    const way = page.getByRole('list').filter({ hasText: 'called' });
    for (const hop of ['called', 'replied'])
      await way.getByText(hop, { exact: true }).first().waitFor();
    await page
      .getByRole('button', { name: new RegExp(`^Copy .*${id}`) })
      .first()
      .waitFor();
  });

  it('leads to a failure, explains it, and redrives it once it is fixed, in three clicks', async () => {
    const { subject, messageId } = await failedCase();
    await load(page, address('flow'));
    clicks = 0;
    await click(
      page
        .getByRole('list', { name: 'Where failures are kept' })
        .getByRole('link', { name: 'ApiCallDlq' }),
    );
    const row = page.getByRole('row').filter({ hasText: messageId });
    await row.getByText('UNABLE_TO_LOCK_ROW').waitFor();
    await org.clearFaults();
    await click(row.getByRole('button', { name: /^Redrive/ }));
    await click(page.getByRole('button', { name: 'Redrive 1 message' }));
    await announced(/redriven/i);
    expect(clicks).toBe(3);
    await recordOf(subject);
  });

  it('parks a message, shows it with its reason, and unparks it', async () => {
    const { subject, messageId } = await failedCase();
    await load(page, address(`failures/ApiCallDlq/${messageId}`));
    await page.getByRole('button', { name: 'Park…' }).click();
    await page.getByRole('button', { name: 'Park 1 message' }).click();
    await announced(/parked/i);
    await org.clearFaults();
    await load(page, address('failures?place=parked'));
    await page.getByText(/shown of about/).waitFor();
    expect(await violationsOn(page)).toEqual([]);
    const row = page.getByRole('row').filter({ hasText: messageId });
    await row.getByText('UNABLE_TO_LOCK_ROW').waitFor();
    await row.getByRole('button', { name: /^Unpark/ }).click();
    await page.getByRole('button', { name: 'Unpark 1 message' }).click();
    await announced(/unparked|sent/i);
    await recordOf(subject);
  });

  it.each([
    ['flow', /succeeded/],
    ['events', /log lines?/],
    ['failures', /shown of about|is empty/],
    ['mappings', /github-issue-to-case/],
    ['connections', /lambda-url|http/],
  ])('shows %s with real data', async (view, text) => {
    await load(page, address(view));
    await page.getByRole('main').getByText(text).first().waitFor();
    await expect(page.getByRole('banner').getByText(stack.stackName).count()).resolves.toBe(1);
    expect([await violationsOn(page), await page.getByRole('alert').allTextContents()]).toEqual([
      [],
      [],
    ]);
  });

  it('tries a mapping on one of its samples', async () => {
    await load(page, address('mappings/github-issue-to-case'));
    await expect
      .poll(() => page.getByLabel('Event (JSON)').inputValue(), { timeout: TIMEOUT_MS })
      .toContain('issue');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByRole('region', { name: 'request 1' }).waitFor();
  });

  it.each([
    ['a forged Host', { host: 'console.example' }, 403],
    ['no token', { authorization: '' }, 401],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['no JSON', { 'content-type': 'text/plain' }, 400],
  ])('refuses an action with %s', async (_, changed, status) => {
    const { origin, host, port, hash } = new URL(start);
    const headers = {
      host,
      origin,
      authorization: `Bearer ${new URLSearchParams(hash.slice(1)).get('token')}`,
      'content-type': 'application/json',
      ...changed,
    };
    const asked = httpRequest({
      host: '127.0.0.1',
      port,
      path: '/api/pause',
      method: 'POST',
      headers,
    });
    asked.end('{}');
    const [response] = await once(asked, 'response');
    response.resume();
    expect(response.statusCode).toBe(status);
  });
});
