import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** axe-core's findings on what the page shows now: rule and elements. */
export async function violationsOn(page: Page): Promise<string[]> {
  // A script element is refused by the page's Content-Security-Policy.
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
