import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placeOf, placeOfEvent } from '../../../../cli/events/send/place.ts';
import { root } from '../../../../local/stack/paths.ts';

const folder = join(root, 'events');
const sample = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const event = { source: 'test', 'detail-type': 'Test', detail: {} };

describe('placeOf', () => {
  it('finds a place for every file of events/, but for three that only AWS and the reprocessor make', () => {
    const unplaced = readdirSync(folder).filter((name) => placeOf(sample(name)).kind === 'none');
    expect(unplaced).toEqual([
      'default-connection-deauthorized.json',
      'dropped-object.json',
      'parked-object.json',
    ]);
  });

  it.each([
    ['url-github-issue-opened', { kind: 'webhook', provider: 'GitHub' }],
    ['url-twilio-message-received', { kind: 'webhook', provider: 'Twilio' }],
    ['apicall-http-binary', { kind: 'function' }],
    ['apicall-bare-request', { kind: 'queue', queue: 'ApiCallQueue', isFailed: false }],
    ['apicall-cloudevent', { kind: 'queue', queue: 'ApiCallQueue', isFailed: false }],
    ['bus-order-placed', { kind: 'bus' }],
    ['partner-event-relay', { kind: 'partner bus' }],
    ['dlq-request', { kind: 'queue', queue: 'ApiCallDlq', isFailed: true }],
    ['dlq-async-record', { kind: 'queue', queue: 'ApiCallDlq' }],
    ['dlq-rule', { kind: 'queue', queue: 'RuleDlq' }],
    ['dlq-subscriber', { kind: 'queue', queue: 'RuleDlq' }],
    ['spill-entry', { kind: 'queue', queue: 'SpillQueue' }],
  ])('of %s', (name, place) => expect(placeOf(sample(`${name}.json`))).toMatchObject(place));

  it('decodes the body and the query string of a function URL event', () => {
    expect(placeOf(sample('url-twilio-message-received.json'))).toMatchObject({
      event: { target: '/', body: expect.stringMatching(/^ToCountry=US&MessageSid=SM/) },
    });
    const given = sample('url-github-issue-opened.json');
    expect(placeOf({ ...given, rawPath: '/a', rawQueryString: 'b=%20' })).toMatchObject({
      event: { target: '/a?b=%20' },
    });
  });

  it.each([
    [[], 'it is no JSON object'],
    [{}, 'it has the shape of none'],
    [{ ...event, source: 'aws.events' }, 'PutEvents refuses sources that begin with "aws."'],
    [{ ...event, source: '' }, 'source is missing'],
    [{ ...event, 'detail-type': undefined }, 'detail-type is missing'],
    [{ ...event, 'detail-type': 'x'.repeat(129) }, 'more than 128 characters'],
    [{ ...event, detail: 'text' }, 'detail is no JSON object'],
    [{ ...event, resources: [1] }, 'resources is no list of texts'],
  ])('says why %j has none', (document, why) =>
    expect(placeOf(document)).toEqual({ kind: 'none', why: expect.stringContaining(why) }),
  );

  it('of an event whose bus is named: never a queue or a function', () =>
    expect(placeOfEvent(sample('apicall-bare-request.json')).kind).toBe('none'));
});
