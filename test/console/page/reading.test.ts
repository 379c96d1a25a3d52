import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../console/server/errors.ts';
import { violationsOn } from './axe.ts';
import * as data from './data.ts';
import * as failures from './failures-data.ts';
import { problem, startFakeConsole } from './fake-console.ts';
import { eventually, load, useConsole } from './harness.ts';

const { console: fake, open } = useConsole();
beforeEach(() => fake().answer());

const alertOn = (page: Page) => page.getByRole('alert');

/** The local stack is read every three seconds. */
const local = { ...data.stack, isLocal: true };

const setVisibility = (page: Page, state: 'visible' | 'hidden'): Promise<unknown> =>
  page.evaluate(
    `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
     document.dispatchEvent(new Event('visibilitychange'));`,
  );

describe('the token', () => {
  it('leaves the address, and outlives a reload', async () => {
    const page = await open('events');
    await page.getByText('From 10,000 log lines').waitFor();
    await page.reload();
    await page.getByText('From 10,000 log lines').waitFor();
    await page.goBack();
    expect(page.url()).not.toContain('token');
  });

  it('is not in a copied address: the page says where to find the right one', async () => {
    const page = await open('events', { isBare: true });
    await alertOn(page)
      .getByText(/no valid token/)
      .waitFor();
    expect(await violationsOn(page)).toEqual([]);
    expect(fake().asked).toEqual([]);
  });

  it('of a new start may be pasted into an open tab', async () => {
    const page = await open('events', { isBare: true });
    await alertOn(page).waitFor();
    await page.goto(fake().start);
    await page.reload();
    await page.getByText(/2,389/).first().waitFor();
  });
});

describe('a problem', () => {
  const remedies: readonly (readonly [kind: Problem['kind'], title: string, remedy: string])[] = [
    ['no credentials', 'No AWS credentials.', 'aws sso login'],
    ['expired credentials', 'The AWS credentials have expired.', 'aws sso login --profile ops'],
    ['access denied', 'AWS denies access.', 'Attach docs/policies/console-read.json.'],
    ['unreachable', 'No answer.', 'npm run local:up'],
    ['throttled', 'AWS asks for fewer requests.', 'Wait for a minute.'],
    ['failed', 'That failed.', 'Look at the terminal of npm run console.'],
  ];

  it('is shown with its kind, its message and its remedy', async () => {
    const page = await open('flow');
    for (const [kind, title, remedy] of remedies) {
      fake().answer({
        stack: problem({ kind, message: `It went wrong. ${data.hostile}`, remedy }),
      });
      await page.reload();
      for (const text of [title, 'It went wrong.', remedy])
        await alertOn(page).getByText(text).waitFor();
      const isCommand = /^(aws|npm) /.test(remedy);
      const copies = page.getByRole('button', { name: 'Copy command' });
      expect([kind, await copies.count()]).toEqual([kind, isCommand ? 1 : 0]);
    }
    expect(await violationsOn(page)).toEqual([]);
  });

  it('of one reading is shown where its answer would be', async () => {
    const page = await open('flow');
    for (const [view, path] of [
      ['flow', 'flow'],
      ['events', 'events'],
      ['events/x', 'events/*'],
      ['failures', 'failures'],
      ['failures/ApiCallDlq/x', 'failures/*'],
      ['mappings', 'mappings'],
      ['connections', 'connections'],
    ] as const) {
      fake().answer({ [path]: problem({ kind: 'throttled', message: `${path} was throttled.` }) });
      await load(page, fake().address(view));
      await alertOn(page).getByText(`${path} was throttled.`).waitFor();
    }
  });

  it('keeps what was read before, and ends by itself', async () => {
    fake().answer({ stack: local });
    const page = await open('flow', { isFast: true });
    await page.getByText('2,389').first().waitFor();
    fake().answer({
      stack: local,
      flow: problem({ kind: 'throttled', message: 'Rate exceeded.' }),
    });
    await alertOn(page).getByText('Rate exceeded.').waitFor();
    await page.getByRole('list', { name: 'The way of an event' }).waitFor();
    fake().answer({ stack: local, flow: data.quietFlow });
    await page.getByText('Nothing has failed, and nothing waits for a person.').waitFor();
    expect(await alertOn(page).count()).toBe(0);
  });

  it('is also that the server was stopped', async () => {
    const other = await startFakeConsole();
    other.answer({ stack: local });
    const page = await open('flow');
    await page.goto(other.start);
    await page.getByText(/12 waiting/).waitFor();
    await other.close();
    await setVisibility(page, 'visible');
    await alertOn(page).getByText("The console's server doesn't answer.").first().waitFor();
    await alertOn(page).getByText('npm run console').first().waitFor();
  });
});

describe('where there is nothing', () => {
  it('every view says so, and what to do', async () => {
    const page = await open('flow');
    for (const [view, answers, text] of [
      ['events', { events: data.emptyEvents }, 'npm run events -- send github issues.opened'],
      ['events?text=none', { events: data.emptyEvents }, 'No event matches.'],
      ['events/none', { 'events/*': { ...data.trace, hops: [] } }, 'No log line or store'],
      ['failures', { failures: failures.emptyFailures }, 'ApiCallDlq is empty.'],
      ['failures?place=parked', { failures: failures.emptyFailures }, 'Nothing is parked.'],
      ['mappings', { mappings: [] }, 'npm run mappings -- new'],
      ['mappings/none', {}, 'No mapping has this name.'],
      ['connections', { connections: { webhooks: [], destinations: [] } }, 'npm run destination'],
      ['bogus', {}, 'No view has this address.'],
    ] as const) {
      fake().answer({ stack: local, ...answers });
      await load(page, fake().address(view));
      await page.getByText(text).first().waitFor();
      expect([view, await violationsOn(page)]).toEqual([view, []]);
    }
  });

  it('yet, it says that it is being read', async () => {
    let release = (): void => undefined;
    const wait = new Promise<void>((resolve) => {
      release = resolve;
    });
    fake().answer({ flow: () => wait.then(() => data.flow) });
    const page = await open('flow');
    await page.getByText('Reading…').first().waitFor();
    release();
    await page.getByText(/12 waiting/).waitFor();
  });
});

describe('polling', () => {
  const readings = (): number => fake().asked.filter((path) => path === 'events').length;

  it('goes on while the page is visible, and only then', async () => {
    fake().answer({ stack: local });
    const page = await open('events', { isFast: true });
    await eventually(readings).toBeGreaterThan(1);
    await setVisibility(page, 'hidden');
    // One can be under way.
    await page.waitForTimeout(500);
    const before = readings();
    // Longer than the time between two readings.
    await page.waitForTimeout(1_000);
    expect(readings()).toBe(before);
    await setVisibility(page, 'visible');
    await eventually(readings).toBeGreaterThan(before);
  });

  it('keeps focus and scroll position while new events arrive', async () => {
    fake().answer({ stack: local });
    const page = await open('events', { isFast: true });
    const link = page.getByRole('link', { name: 'order.created' }).nth(15);
    await link.focus();
    const look = () =>
      page.evaluate('[document.activeElement.getAttribute("href"), Math.round(scrollY)].join()');
    const before = await look();
    const [newest, ...others] = data.eventPage().events;
    const events = [{ ...newest, state: 'failed' }, ...others.slice(0, -1)];
    fake().answer({ stack: local, events: { ...data.eventPage(), events } });
    await page.locator('tbody tr').first().getByText('failed').waitFor();
    expect(await look()).toBe(before);
  });

  it('of full pages takes little of the processor: 100 of 5,000 events, 100 of 500 messages', async () => {
    const page = await open('flow');
    const session = await page.context().newCDPSession(page);
    // The thread's own time: what it waits for on a busy machine is not in it.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const spentMs = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
    };
    const costs: Record<string, number[]> = { events: [], failures: [] };
    for (const [view, all] of Object.entries(costs)) {
      const answer = (first: string) =>
        fake().answer({
          stack: local,
          events: data.eventPage(first),
          failures: failures.failurePage(500, first),
        });
      answer('0');
      await load(page, fake().address(view));
      await page.locator('tbody tr').nth(99).waitFor();
      for (const first of ['20', '40', '60']) {
        answer(first);
        const before = await spentMs();
        // Every row changes.
        await setVisibility(page, 'visible');
        await page
          .locator(`a[href$="${first.padStart(12, '0')}"]`)
          .first()
          .waitFor();
        await page.evaluate('new Promise(requestAnimationFrame)');
        all.push(Math.round((await spentMs()) - before));
      }
    }
    console.log('Milliseconds of the main thread for each new page of 100 rows:', costs);
    for (const all of Object.values(costs)) expect(Math.min(...all)).toBeLessThan(150);
  });
});
