import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { violationsOn } from './axe.ts';
import * as data from './data.ts';
import * as failures from './failures-data.ts';
import { problem } from './fake-console.ts';
import { eventually, focused, useConsole } from './harness.ts';

const { console: fake, open } = useConsole();
beforeEach(() => fake().answer());

const dialogOn = (page: Page) => page.getByRole('dialog');
const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const [, lock] = failures.failurePage(3).messages;
const lockId = lock?.id ?? '';

/** What was posted for good. */
const done = () => fake().posted.filter(({ body }) => Object(body).dryRun !== true);

describe('a failed message', () => {
  it('is found, explained and redriven in three clicks from the first page', async () => {
    const summary = 'Redriven: 1.';
    fake().answer({ 'failures/redrive': { results: { redriven: 1 }, summary } });
    const page = await open('flow');
    await page.getByRole('link', { name: '3 messages' }).click();
    await page.getByText('The row was locked. Another attempt is likely to succeed.').waitFor();
    await button(page, `Redrive issues.opened ${lockId}`).click();
    const dialog = dialogOn(page);
    await dialog.getByRole('heading', { name: 'Redrive 1 message of orders?' }).waitFor();
    await dialog.getByText('Redriven: 1.').waitFor();
    expect(await violationsOn(page)).toEqual([]);
    const body = { place: 'ApiCallDlq', ids: [lockId] };
    expect(fake().posted).toEqual([{ path: 'failures/redrive', body: { ...body, dryRun: true } }]);
    await button(page, 'Redrive 1 message').click();
    await page.getByRole('status').getByText(summary).waitFor();
    expect([await dialog.count(), await focused(page)]).toEqual([0, summary]);
    expect(done()).toEqual([{ path: 'failures/redrive', body }]);
  });

  it('is explained with its text, and leads to the whole way of its event', async () => {
    const page = await open(`failures/ApiCallDlq/${lockId}`);
    await page.getByText(/unable to obtain exclusive access/).waitFor();
    await page.getByText(/look for jobs in Salesforce/).waitFor();
    await button(page, 'Park…').click();
    await button(page, 'Park 1 message').click();
    await page.getByRole('heading', { name: 'Failures' }).waitFor();
    await eventually(() => focused(page)).toBe('Done: failures/park.');
    await page.goBack();
    await page.getByRole('link', { name: 'Its whole way' }).click();
    await page.getByRole('list').getByText('dead-lettered').waitFor();
  });

  it('is not lost to a click: Escape and Cancel do nothing, and the focus returns', async () => {
    const page = await open('failures');
    const name = `Redrive issues.opened ${lockId}`;
    for (const leave of [
      () => page.keyboard.press('Escape'),
      () => button(page, 'Cancel').click(),
    ]) {
      await button(page, name).click();
      await dialogOn(page).waitFor();
      await leave();
      await dialogOn(page).waitFor({ state: 'detached' });
      expect(await focused(page)).toBe(name);
    }
    expect(done()).toEqual([]);
  });

  it('keeps its dialog open when the action fails, with the reason and the remedy', async () => {
    const refusal = problem({
      kind: 'access denied',
      message: 'AWS denied lambda:InvokeFunction.',
      remedy: 'Attach docs/policies/console-steer.json.',
    });
    fake().answer({ 'failures/park': refusal });
    const page = await open('failures');
    await page.getByLabel(`Select issues.opened ${lockId}`).check();
    await button(page, 'Park…').click();
    await button(page, 'Park 1 message').click();
    const alert = dialogOn(page).getByRole('alert');
    await alert.getByText('AWS denied lambda:InvokeFunction.').last().waitFor();
    await alert.getByText('Attach docs/policies/console-steer.json.').last().waitFor();
  });
});

it('the usual action of a message is in sight in the narrowest window', async () => {
  const page = await open('failures', { viewport: { width: 360, height: 800 } });
  const box = await button(page, `Redrive issues.opened ${lockId}`).boundingBox();
  expect(box?.x).toBeGreaterThan(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(360);
});

describe('several messages', () => {
  it('are dropped with a reason, by a button that names the count', async () => {
    const page = await open('failures');
    await page.getByLabel('Select all lock').check();
    await page.getByLabel('Select all permanent').check();
    await page.getByText('2 messages selected').waitFor();
    await button(page, 'Drop…').click();
    await dialogOn(page).getByRole('heading', { name: 'Drop 2 messages of orders?' }).waitFor();
    await button(page, 'Drop 2 messages').click();
    expect(done()).toEqual([]);
    await page.getByLabel(/^Reason/).fill('sent by mistake');
    await button(page, 'Drop 2 messages').click();
    await page.getByRole('status').getByText('Done: failures/drop.').waitFor();
    const ids = failures.failurePage(2).messages.map(({ id }) => id);
    const body = { place: 'ApiCallDlq', ids, reason: 'sent by mistake' };
    expect(done()).toEqual([{ path: 'failures/drop', body }]);
    await page.getByRole('link', { name: 'RuleDlq' }).click();
    await page.getByRole('status').waitFor({ state: 'detached' });
  });

  it('that were parked with an unknown outcome are unparked only with the outcome', async () => {
    const page = await open('failures?place=parked');
    await button(page, /^Unpark issues\.opened/).click();
    await button(page, 'Unpark 1 message').click();
    expect(done()).toEqual([]);
    await page.getByLabel(/Salesforce applied the change/).check();
    expect(await violationsOn(page)).toEqual([]);
    await button(page, 'Unpark 1 message').click();
    await page.getByRole('status').waitFor();
    const body = { place: 'parked', ids: ['parked-1'], outcome: 'applied' };
    expect(done()).toEqual([{ path: 'failures/unpark', body }]);
  });

  it('say when not all was done', async () => {
    const summary = 'Redriven: 1. Refused: 1.';
    fake().answer({ 'failures/redrive': { results: { redriven: 1, refused: 1 }, summary } });
    const page = await open('failures');
    await page.getByLabel('Select all lock').check();
    await button(page, 'Redrive…').click();
    await button(page, 'Redrive 1 message').click();
    await page.locator('.box.warn').getByText(summary).waitFor();
  });
});

describe('apicall', () => {
  it('is paused for a time, with a reason', async () => {
    const page = await open('flow');
    await button(page, 'Pause…').click();
    await page.getByRole('combobox', { name: 'For' }).selectOption('4 hours');
    await page.getByLabel('Reason (optional)').fill('org migration');
    expect(await violationsOn(page)).toEqual([]);
    await button(page, 'Pause orders').click();
    await page.getByRole('status').getByText('Done: pause.').waitFor();
    expect(done()).toEqual([{ path: 'pause', body: { minutes: 240, reason: 'org migration' } }]);
  });

  it('is paused as was asked, also when that has failed once', async () => {
    fake().answer({ pause: problem({ kind: 'throttled', message: 'Rate exceeded.' }) });
    const page = await open('flow');
    await button(page, 'Pause…').click();
    await page.getByRole('combobox', { name: 'For' }).selectOption('15 minutes');
    await page.getByLabel('Reason (optional)').fill('release');
    await button(page, 'Pause orders').click();
    await dialogOn(page).getByText('Rate exceeded.').waitFor();
    fake().answer();
    await button(page, 'Pause orders').click();
    await page.getByRole('status').getByText('Done: pause.').waitFor();
    expect(done()).toEqual([{ path: 'pause', body: { minutes: 15, reason: 'release' } }]);
  });

  it('is resumed', async () => {
    fake().answer({ flow: data.alarmedFlow });
    const page = await open('flow');
    await button(page, 'Resume…').click();
    await button(page, 'Resume orders').click();
    await page.getByRole('status').getByText('Done: resume.').waitFor();
    expect(done()).toEqual([{ path: 'resume', body: {} }]);
  });
});

describe('the keyboard', () => {
  it('reaches everything, in the order in which it is shown', async () => {
    const page = await open('failures');
    await page.getByRole('heading', { name: 'Failures' }).waitFor();
    await page.getByLabel('Select all lock').waitFor();
    const reached: string[] = [];
    await button(page, 'Skip to content').focus();
    for (let step = 0; step < 14; step += 1) {
      await page.keyboard.press('Tab');
      reached.push(await focused(page));
    }
    expect(reached).toEqual([
      'Flow',
      'Events',
      'Failures',
      'Mappings',
      'Webhooks and destinations',
      expect.stringContaining('local'),
      'ApiCallDlq 3',
      'RuleDlq 0',
      'SpillQueue 0',
      'Parked 2',
      'Messages by reason',
      expect.stringMatching(/^Select all permanent: /),
      expect.stringMatching(/^Select issues\.opened/),
      'issues.opened',
    ]);
  });

  it('skips the navigation, and finds the heading after a link', async () => {
    const page = await open('flow');
    await page.getByRole('heading', { name: 'Flow' }).waitFor();
    await button(page, 'Skip to content').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Pause…');
    await page.getByRole('link', { name: 'Mappings' }).press('Enter');
    await page.getByRole('heading', { name: 'Mappings' }).waitFor();
    await eventually(() => focused(page)).toBe('Mappings');
  });
});
