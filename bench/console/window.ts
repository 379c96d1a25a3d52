import type { Browser, Page } from 'playwright-core';

/** One answer of the console's server to its page. */
export interface Answer {
  /** Below `/api/`, with its query. */
  readonly path: string;
  readonly ms: number;
  readonly kb: number;
}

/** How a view's page was shown. */
interface Shown {
  /** Milliseconds from the start of the navigation, of a new document, until its data was shown. */
  readonly shownMs: number;
  /** The longest time for which the page's main thread was busy until then; 0 if never for 50 ms (W3C, "Long Tasks API"). */
  readonly longestTaskMs: number;
}

/** A window of the browser that shows the console. */
export interface Window {
  readonly show: (view: string, isShown: string) => Promise<Shown>;
  /** The longest task since it last showed a view. */
  readonly longestTaskMs: () => Promise<number>;
  /** All answers so far. */
  readonly answers: readonly Answer[];
  readonly close: () => Promise<void>;
}

const watchTasks = `window.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries()))
    .observe({ type: 'longtask', buffered: true });`;

/** An expression of the page: the longest task that began from then on. */
const longestSince = (ms: number): string =>
  `Math.max(0, ...longTasks.filter(({ startTime }) => startTime >= ${ms}).map(({ duration }) => duration))`;

const PATIENCE_MS = 60_000;

/** An expression of the page: the milliseconds since the start of the navigation, in the frame in which `isShown` is true. */
const whenShown = (isShown: string): string => `new Promise((resolve, reject) => {
  setTimeout(() => {
    const shown = JSON.stringify(document.querySelector('main')?.innerText.slice(0, 300));
    reject(new Error(location.hash + ' does not show its data, but ' + shown));
  }, ${PATIENCE_MS});
  const look = () => ((${isShown}) ? resolve(performance.now()) : requestAnimationFrame(look));
  look();
})`;

function recordAnswers(page: Page): Answer[] {
  const answers: Answer[] = [];
  page.on('requestfinished', async (request) => {
    const [, path] = request.url().split('/api/');
    const response = path === undefined ? null : await request.response().catch(() => null);
    if (path === undefined || response === null) return;
    const { requestStart, responseEnd } = request.timing();
    const kb = Number(response.headers()['content-length'] ?? 0) / 1_024;
    answers.push({ path, ms: responseEnd - requestStart, kb });
  });
  return answers;
}

/**
 * Opens a window of its own: as in all of them, its page polls.
 *
 * @param start the address that the console printed, with its token.
 */
export async function openWindow(browser: Browser, start: string): Promise<Window> {
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1200, height: 800 },
  });
  const page = await context.newPage();
  await page.addInitScript(watchTasks);
  const answers = recordAnswers(page);
  await page.goto(start);
  let shownAt = 0;
  return {
    show: async (view, isShown) => {
      await page.goto('about:blank');
      await page.goto(`${new URL(start).origin}/#/${view}`);
      shownAt = Number(await page.evaluate(whenShown(isShown)));
      return { shownMs: shownAt, longestTaskMs: Number(await page.evaluate(longestSince(0))) };
    },
    longestTaskMs: async () => Number(await page.evaluate(longestSince(shownAt))),
    answers,
    close: () => context.close(),
  };
}
