import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchBrowser } from '../../../local/browser/browser.ts';
import { type FakeConsole, startFakeConsole } from './fake-console.ts';

/** How long a page may take to show something, on a busy machine. */
const TIMEOUT_MS = 30_000;

/** How long a browser may take to be unpacked and to start. */
const START_MS = 120_000;

/** `expect.poll` with the patience that a busy machine needs. */
export const eventually = <T>(look: () => Promise<T> | T) =>
  expect.poll(look, { timeout: TIMEOUT_MS });

const textAndFields = `document.querySelector('main').innerText +
  [...document.querySelectorAll('textarea')].map(({ value }) => value)`;

/** Waits until a view shows a text, or one of its fields has it. */
export const shows = (page: Page, text: RegExp): Promise<void> =>
  eventually(() => page.evaluate(textAndFields)).toMatch(text);

/** Whether the whole page scrolls sideways: only tables and texts may. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

/** The accessible name, or text, of the element that has the focus. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(
    "document.activeElement?.ariaLabel ?? document.activeElement?.textContent?.trim() ?? ''",
  );

const fastTimers = `const { setTimeout: start } = window;
  window.setTimeout = (run, ms, ...rest) => start(run, ms < 1000 ? ms : ms / 10, ...rest);`;

/**
 * Opens an address of the console in a tab that may show another of its addresses: as a new document. Within one, the browser can
 * give the old address back, when the page marks its entry of the history just then.
 */
export async function load(page: Page, address: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(address);
}

interface Opened extends BrowserContextOptions {
  readonly isReadOnly?: boolean;
  /** Opens the address as it is: without a token before. */
  readonly isBare?: boolean;
  /** The page's waits of a second and more take a tenth. */
  readonly isFast?: boolean;
}

/** A browser, and the console with made-up answers, for the tests of a file. Errors in the page fail the test. */
export function useConsole() {
  let browser: Browser | undefined;
  let consoles: readonly FakeConsole[] = [];
  const errors: string[] = [];
  beforeAll(async () => {
    [browser, ...consoles] = await Promise.all([
      launchBrowser(),
      startFakeConsole(),
      startFakeConsole({ isReadOnly: true }),
    ]);
  }, START_MS);
  afterAll(async () => {
    await browser?.close();
    await Promise.all(consoles.map((one) => one.close()));
  });
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
    expect(errors.splice(0)).toEqual([]);
  });
  const consoleFor = (isReadOnly = false): FakeConsole => {
    const found = consoles[isReadOnly ? 1 : 0];
    if (found === undefined) throw new Error('The tests have not begun.');
    return found;
  };
  return {
    console: consoleFor,
    /** Opens a view. Times are of UTC + 1. */
    async open(view: string, { isReadOnly, isBare, isFast, ...options }: Opened = {}) {
      const context = await browser?.newContext({
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
        ...options,
      });
      if (context === undefined) throw new Error('There is no browser.');
      context.setDefaultTimeout(TIMEOUT_MS);
      const page = await context.newPage();
      if (isFast) await page.addInitScript(fastTimers);
      page.on('pageerror', ({ message }) => errors.push(message));
      page.on('console', (message) => {
        const isAnswer = message.text().startsWith('Failed to load resource');
        if (message.type() === 'error' && !isAnswer) errors.push(message.text());
      });
      const { start, address } = consoleFor(isReadOnly);
      if (!isBare) await page.goto(start);
      await load(page, address(view));
      return page;
    },
  };
}
