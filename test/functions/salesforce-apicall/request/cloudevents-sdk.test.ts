import { CloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHttp } from '../../../../functions/salesforce-apicall/request/http.ts';
import { toIncomingRequest } from '../../../../functions/salesforce-apicall/request/parse.ts';
import { urlEvent } from '../../harness.ts';

const type = 'io.triggermesh.salesforce.apicall';
const data = { action: 'GET', resource: 'limits' };

const toHeaders = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

const modes = ['binary', 'structured'] as const;

/** What the official JavaScript SDK sends for an event, as it arrives. */
function send(mode: (typeof modes)[number], attributes: object) {
  const event = new CloudEvent({ type, source: '/orders', data, ...attributes });
  const { headers, body } = HTTP[mode](event);
  const received = urlEvent({ headers: toHeaders(headers), body: String(body) });
  return toIncomingRequest(parseHttp(received), { id: 'invocation', source: 'invoke' });
}

describe.each(modes)('the official JavaScript SDK, in %s mode', (mode) => {
  it.each([
    ['an id with a percent sign', { id: '50% off', source: 'shop' }],
    ['a source with an encoded blank', { id: '1', source: '/a%20b' }],
    ['a source with an encoded slash', { id: '1', source: 'https://example.com/?a=%2F' }],
    [
      'a subject, a time and extensions',
      { id: '1', source: 'x', subject: 's', time: '2026-11-27T10:00:00Z', ext: 5 },
    ],
  ])('sends %s, which is read unchanged', (_what, { id, ...attributes }) => {
    const { source } = attributes;
    expect(send(mode, { id, ...attributes })).toEqual({
      context: { id, source, type },
      data,
      eventKey: [source, id],
    });
  });

  it('sends any id of printable ASCII without percent sequences', () => {
    const ids = fc
      .string({ minLength: 1, maxLength: 50, unit: 'grapheme-ascii' })
      .filter((id) => /^[!-~]+$/.test(id) && !/%[0-9a-f]{2}|^".*"$/i.test(id));
    fc.assert(
      fc.property(ids, (id) => {
        expect(send(mode, { id }).context.id).toBe(id);
      }),
    );
  });
});
