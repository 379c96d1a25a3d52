import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { githubEventForgeries, githubForgeries } from '../../../soak/forgeries/github.ts';
import { seeds } from '../../../soak/forgeries/seed.ts';
import { twilioEventForgeries, twilioForgeries } from '../../../soak/forgeries/twilio.ts';
import {
  ACCOUNT,
  createGitHubHarness,
  createTwilioHarness,
  FORM,
  githubEvent,
  SECRET,
  twilioEvent,
  twilioJsonEvent,
} from './harness.ts';

/** Divided evenly among the classes of forgeries. */
const TOTAL = 10_000;

const github = { ...githubForgeries(SECRET), ...githubEventForgeries(SECRET) };
const twilio = { ...twilioForgeries(ACCOUNT), ...twilioEventForgeries(ACCOUNT) };

describe.each([
  ['GitHub', createGitHubHarness, github],
  ['Twilio', createTwilioHarness, twilio],
] as const)('rejects every forged or malformed request of %s', (_, createHarness, classes) => {
  const numRuns = Math.ceil(TOTAL / 2 / Object.keys(classes).length);
  let sent = 0;

  it.each(Object.entries(classes))('%s', async (_name, forge) => {
    const { entries, post } = createHarness();
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        sent += 1;
        expect([401, 405, 413, 415]).toContain((await post(await forge(seed))).status);
      }),
      { numRuns },
    );
    expect(entries).toEqual([]);
  });

  afterAll(() => expect(sent).toBeGreaterThanOrEqual(TOTAL / 2));
});

describe('never responses a signed request with an internal error', () => {
  const anyText = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.json());

  it('GitHub', async () => {
    const { post } = createGitHubHarness();
    await fc.assert(
      fc.asyncProperty(anyText, fc.string({ unit: 'binary' }), async (payload, header) => {
        const headers = { 'x-github-event': header, 'x-github-delivery': header };
        const responses = [
          await post(await githubEvent(payload)),
          await post(await githubEvent(payload, headers)),
          await post(await githubEvent(payload, { 'content-type': FORM })),
        ];
        for (const { status } of responses) expect([202, 400]).toContain(status);
      }),
      { numRuns: 500 },
    );
  });

  it('Twilio', async () => {
    const { entries, post } = createTwilioHarness();
    const value = fc.string({ unit: 'binary' });
    const name = fc.oneof(
      value,
      fc.constantFrom('Payload', 'PayloadType', 'MessageSid', 'toString'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value)), anyText, async (fields, text) => {
        const responses = [
          await post(
            twilioEvent([...fields, ['PayloadType', 'application/json'], ['Payload', text]]),
          ),
          await post(twilioJsonEvent(text)),
        ];
        for (const { status } of responses) expect([202, 400]).toContain(status);
      }),
      { numRuns: 500 },
    );
    for (const { detail } of entries) expect(() => JSON.parse(detail)).not.toThrow();
  });
});
