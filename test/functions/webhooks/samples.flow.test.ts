import { describe, expect, it } from 'vitest';
import busGitHub from '../../../events/bus-github-issue-opened.json' with { type: 'json' };
import busTwilio from '../../../events/bus-twilio-message-received.json' with { type: 'json' };
import urlGitHub from '../../../events/url-github-issue-opened.json' with { type: 'json' };
import urlTwilio from '../../../events/url-twilio-message-received.json' with { type: 'json' };
import { createGitHubHarness, createTwilioHarness } from './harness.ts';

describe('the samples in events/', () => {
  it.each([
    ['GitHub', createGitHubHarness, urlGitHub, busGitHub],
    ['Twilio', createTwilioHarness, urlTwilio, busTwilio],
  ] as const)(
    'of %s: the function URL event is published as the bus event',
    async (_, createHarness, url, bus) => {
      const { entries, post } = createHarness();
      expect((await post(Object(url))).status).toBe(202);
      const [entry] = entries;
      expect(entry).toMatchObject({
        source: bus.source,
        detailType: bus['detail-type'],
        resources: bus.resources,
      });
      expect(JSON.parse(entry?.detail ?? '')).toEqual(bus.detail);
    },
  );
});
