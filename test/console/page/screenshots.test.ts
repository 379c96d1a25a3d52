import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../../local/stack/paths.ts';
import * as data from './data.ts';
import { load, shows, useConsole } from './harness.ts';

const { console: fake, open } = useConsole();

/** Pictures of README.md and docs/console.md. */
const pictures = [
  ['flow', 'flow', /2,389/],
  ['event', 'events/72d3162e', /GitHubWebhookFunction/],
  ['failures', 'failures', /UNABLE_TO_LOCK_ROW/],
] as const;

describe('the pictures of the documentation', () => {
  it('are there, and made anew by npm run screenshots', async () => {
    const hops = data.trace.hops.map((hop) => ({
      ...hop,
      text: hop.text.replace(data.hostile, ''),
    }));
    fake().answer({ 'events/*': { ...data.trace, hops } });
    const page = await open('flow', { viewport: { width: 1200, height: 800 } });
    for (const [name, view, shown] of pictures) {
      const path = join(root, 'docs/images', `console-${name}.png`);
      await load(page, fake().address(view));
      await shows(page, shown);
      // The chart is drawn in the frame after its figures are shown.
      await page.evaluate(
        'new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))',
      );
      if (process.env['SCREENSHOTS']) await page.screenshot({ path });
      expect([name, existsSync(path)]).toEqual([name, true]);
    }
  });
});
