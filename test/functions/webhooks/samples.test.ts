import { describe, expect, it } from 'vitest';
import busGitHub from '../../../events/bus-github-issue-opened.json' with { type: 'json' };
import busTwilio from '../../../events/bus-twilio-message-received.json' with { type: 'json' };
import urlGitHub from '../../../events/url-github-issue-opened.json' with { type: 'json' };
import urlTwilio from '../../../events/url-twilio-message-received.json' with { type: 'json' };
import { githubScene, twilioScene } from './kit.ts';

describe('the samples in events/', () => {
  it.each([
    ['GitHub', githubScene, urlGitHub, busGitHub],
    ['Twilio', twilioScene, urlTwilio, busTwilio],
  ] as const)(
    '%s: what the function URL is sent becomes what the bus has',
    async (_, scene, url, bus) => {
      const { entries, post } = scene();
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
