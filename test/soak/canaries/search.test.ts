import { describe, expect, it } from 'vitest';
import { search } from '../../../soak/canaries/search.ts';
import { createAllowance } from '../../../soak/canaries/sources.ts';
import { planEvents } from '../../../soak/events/routes.ts';
import { createRandom } from '../../../soak/random.ts';

const secrets = [{ name: 'password', value: 'b7f1c0ffee00aa11' }];
const [first, second] = planEvents({ seed: 1, count: 2, random: createRandom(1) });
const [mine = '', other = ''] = [first?.canary, second?.canary];
const [myKey = '', otherKey = ''] = [first?.key, second?.key];

const found = (text: string, allows?: (text: string) => ReadonlySet<string> | 'any') => {
  const source = { name: 'log', texts: ['nothing here', text] };
  const {
    secrets: s,
    contents,
    findings,
  } = search(allows === undefined ? source : { ...source, allows }, secrets);
  return { secrets: s, contents, findings };
};

describe('a text', () => {
  it('without secrets and contents has none', () => {
    expect(found('a key, soak-1-1')).toEqual({ secrets: 0, contents: 0, findings: [] });
  });

  it('with a secret has one, and the finding does not repeat it', () => {
    const { secrets: count, findings } = found('login with b7f1c0ffee00aa11 failed');
    expect(count).toBe(1);
    expect(findings).toEqual(['password after "login with "']);
  });

  it('with any JSON Web Token has one', () => {
    expect(found('Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2ln').secrets).toBe(1);
  });

  it('with the content of an event is reported, unless the content is allowed', () => {
    expect(found(`Subject: ${mine}`).contents).toBe(1);
    expect(found(`Subject: ${mine}`, () => 'any').contents).toBe(0);
    expect(found(`${mine} ${other}`, () => new Set([mine])).contents).toBe(1);
  });
});

describe('an event on the bus', () => {
  const sent = [first, second].flatMap((planned, index) =>
    planned === undefined
      ? []
      : [{ planned, state: 'accepted' as const, tries: 1, eventId: `event-${index}` }],
  );
  const allowance = createAllowance(1, sent);
  const event = (source: string, detail: object) => JSON.stringify({ source, detail });

  it('may contain the content of the one event that it names', () => {
    expect(allowance.ofBusEvent(event('github.com', { key: myKey }))).toEqual(new Set([mine]));
    expect(allowance.ofBusEvent(event('github.com', { key: myKey, other: otherKey }))).toEqual(
      new Set(),
    );
  });

  it('that replies to a request may contain the content of the request', () => {
    expect(allowance.ofBusEvent(event('salesforcetarget', { processedid: 'event-1' }))).toEqual(
      new Set([other]),
    );
  });

  it('that announces a parked message may contain none', () => {
    expect(allowance.ofBusEvent(event('salesforce-eventbridge', { key: myKey }))).toEqual(
      new Set(),
    );
  });
});
