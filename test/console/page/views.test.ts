import { beforeEach, describe, expect, it } from 'vitest';
import { violationsOn } from './axe.ts';
import * as data from './data.ts';
import { eventually, isTooWide, load, shows, useConsole } from './harness.ts';

const { console: fake, open } = useConsole();
beforeEach(() => fake().answer());

const views: readonly (readonly [view: string, heading: string, shown: RegExp])[] = [
  ['flow', 'Flow', /2,389 succeeded/],
  ['events', 'Events', /From 10,000 log lines/],
  ['events/72d3162e', 'Event', /GitHubWebhookFunction/],
  ['failures', 'Failures', /UNABLE_TO_LOCK_ROW/],
  ['failures?place=parked', 'Failures', /Salesforce may have applied the change/],
  ['failures/ApiCallDlq/5fea7756', 'issues.opened', /look for jobs in Salesforce/],
  ['mappings', 'Mappings', /A GitHub issue becomes a Case/],
  ['mappings/github-issue-to-case', 'github-issue-to-case', /issues\.opened/],
  ['connections', 'Webhooks and destinations', /12,411/],
];

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  describe.each([
    ['wide', 1280],
    ['narrow', 360],
  ])('in a %s window', (_, width) => {
    it('every view is shown, fits, and has nothing that axe finds', async () => {
      // axe takes long for long tables.
      const events = data.eventPage().events.slice(0, 10);
      fake().answer({ flow: data.alarmedFlow, events: { ...data.eventPage(), events } });
      const page = await open('flow', { colorScheme, viewport: { width, height: 800 } });
      for (const [view, heading, shown] of views) {
        await load(page, fake().address(view));
        await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
        await shows(page, shown);
        expect([view, await violationsOn(page), await isTooWide(page)]).toEqual([view, [], false]);
      }
    });
  });
});

describe('every page', () => {
  it('says which stack it shows, and that it only reads', async () => {
    fake(true).answer();
    const page = await open('flow', { isReadOnly: true });
    const banner = page.getByRole('banner');
    for (const [view, heading, shown] of views) {
      await load(page, fake(true).address(view));
      await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
      await shows(page, shown);
      for (const text of ['orders', 'AWS 123456789012', 'eu-central-1', 'Read-only'])
        await banner.getByText(text, { exact: true }).waitFor();
      const actions = page.getByRole('button', {
        name: /^(redrive|park|unpark|drop|pause|resume)/i,
      });
      expect(await actions.count()).toBe(0);
    }
  });

  it('shows texts of others as they are', async () => {
    fake().answer({ flow: data.alarmedFlow });
    const page = await open('flow');
    for (const view of [
      'flow',
      'events/72d3162e',
      'failures?place=parked',
      'mappings',
      'connections',
    ]) {
      await load(page, fake().address(view));
      await shows(page, /<img src=x onerror/);
      expect([await page.locator('img').count(), await page.title()]).toEqual([
        0,
        expect.stringContaining('orders'),
      ]);
    }
  });
});

describe('Flow', () => {
  it('says so when nothing needs a person', async () => {
    fake().answer({ flow: data.quietFlow });
    const page = await open('flow');
    await page.getByText('Nothing has failed, and nothing waits for a person.').waitFor();
  });

  it('shows alarms, the breaker, the pause and what could not be read beside the rest', async () => {
    fake().answer({ flow: data.alarmedFlow });
    const page = await open('flow');
    const notices = page.getByRole('list', { name: 'What needs attention' });
    for (const text of [
      /Paused since 10:15:00 until 11:15:00/,
      /circuit breaker is open for writes/,
      /DlqActionRequiredAlarm is in alarm since 10:10:00/,
      /SpillAlarm has no data/,
      /At least 1,000 messages parked/,
    ])
      await notices.getByText(text).waitFor();
    await page
      .getByRole('alert')
      .getByText(/AWS denied s3:ListBucket/)
      .waitFor();
    await page.getByRole('list', { name: 'The way of an event' }).getByText('96 %').waitFor();
  });
});

describe('Events', () => {
  it('are filtered by text, state and time, which the address keeps, and read once for what was typed', async () => {
    const page = await open('events');
    await page.getByText('From 10,000 log lines').waitFor();
    const before = fake().asked.length;
    await page.getByLabel('Text or id').pressSequentially('shop & co');
    await page.getByRole('combobox', { name: 'State' }).selectOption('failed');
    await page.getByRole('combobox', { name: 'Last' }).selectOption('1440');
    await eventually(() => page.url()).toMatch(
      /#\/events\?(?=.*text=shop\+%26\+co)(?=.*state=failed).*minutes=1440/,
    );
    expect(fake().asked.length - before).toBeLessThan(6);
    await page.reload();
    expect(await page.getByLabel('Text or id').inputValue()).toBe('shop & co');
    await load(page, fake().address('events?cursor=100'));
    await shows(page, /500Hs0000000000100/);
  });

  it('are shown by the page, a hundred rows at most, back to the oldest', async () => {
    const page = await open('events');
    const rows = page.locator('tbody tr');
    await eventually(() => rows.count()).toBe(100);
    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByText('500Hs0000000000100').waitFor();
    expect(await rows.count()).toBe(100);
    await page.goBack();
    await page.getByText('500Hs0000000000000').waitFor();
  });

  it('show their payload on a click only, and its ids can be copied', async () => {
    const page = await open('events/72d3162e');
    await page.getByRole('listitem').filter({ hasText: 'dead-lettered' }).waitFor();
    expect(fake().asked).not.toContain('payload');
    await page.getByText('PayloadBucket was not searched: this takes s3:ListBucket').waitFor();
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('"action": "opened"').waitFor();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: /^Copy delivery/ }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    );
  });

  it('have times in the local zone and in UTC', async () => {
    const page = await open('events');
    const first = page.locator('tbody time').first();
    await eventually(() => first.textContent()).toContain('10:30:00');
    await page.getByLabel('Times').selectOption('UTC');
    expect(await first.textContent()).toContain('09:30:00');
    await load(page, fake().address('events/72d3162e'));
    await page.getByText('10:29:32.140 local 09:29:32.140 UTC +140 ms').waitFor();
  });
});

it('shows itself in a browser whose language is none', async () => {
  const page = await open('flow');
  await page.addInitScript(() =>
    Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix' }),
  );
  await page.reload();
  await page.getByRole('heading', { name: 'Flow' }).waitFor();
  await page.locator('.plot canvas').waitFor();
});

describe('Mappings', () => {
  it('are tried on a sample, which can be edited', async () => {
    const page = await open('mappings/github-issue-to-case');
    const text = page.getByLabel('Event (JSON)');
    await eventually(() => text.inputValue()).toContain('issues.opened');
    await text.fill('{"detail": 1}');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText('externalId: GitHubId__c').waitFor();
    await page.getByText('find Contact.').waitFor();
    const body = { name: 'github-issue-to-case', event: '{"detail": 1}' };
    expect(fake().posted).toEqual([{ path: 'mappings/try', body }]);
  });

  it('say that an event does not match', async () => {
    fake().answer({ 'mappings/try': { kind: 'no match', requests: [], unanswered: [] } });
    const page = await open('mappings/sms-to-task');
    await page.getByLabel('Event (JSON)').fill('{}');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText(/doesn't match this event/).waitFor();
  });
});
