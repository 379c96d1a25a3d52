import { randomUUID } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { sign } from '@octokit/webhooks-methods';
import pMap from 'p-map';
import twilio from 'twilio';
import { afterAll, describe, expect, it } from 'vitest';
import type { BusEvent } from '../../local/demo/observer.ts';
import { PUT_EVENTS } from '../../local/faults/aws-faults.ts';
import { interceptAwsCalls } from '../../local/faults/intercept.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { observer, output, stack } from './harness.ts';

const FORM = 'application/x-www-form-urlencoded';
const definitions: readonly { name: string; examples: readonly object[] }[] = Object(examples);
const payloads = definitions.flatMap(({ name, examples: all }) =>
  all.map((example) => ({ event: name, payload: JSON.stringify(example, undefined, 1) })),
);

// No fault is played: the proxy shows the exact text that the functions sent.
const { proxy, restore } = await interceptAwsCalls(stack, {
  functions: ['GitHubWebhookFunction', 'TwilioWebhookFunction'],
});
afterAll(restore);

interface PutEntry {
  readonly Resources: readonly string[];
  readonly Detail: string;
}

/** The details that reached the bus, as the function sent them, by each of their URNs. */
function sentDetails(): Map<string, string> {
  const puts = proxy.calls.filter(({ operation }) => operation === PUT_EVENTS);
  const entries: PutEntry[] = puts.flatMap(({ body }) => JSON.parse(body).Entries);
  return new Map(
    entries.flatMap(({ Resources, Detail }) =>
      Resources.map((urn): [string, string] => [urn, Detail]),
    ),
  );
}

/** The events that a rule of the bus was given, by the one of their URNs that was asked for. */
async function delivered(urns: readonly string[]): Promise<Map<string | undefined, BusEvent>> {
  const wanted = new Set(urns);
  const urnOf = ({ resources }: BusEvent) => resources.find((urn) => wanted.has(urn));
  const isWanted = (event: BusEvent): boolean => urnOf(event) !== undefined;
  const events = await waitFor(`${urns.length} events on the bus`, async () => {
    const found = await observer.filter(isWanted);
    return found.length >= urns.length ? found : undefined;
  });
  return new Map(events.map((event) => [urnOf(event), event]));
}

async function postGitHub(event: string, payload: string, contentType: string) {
  const body = contentType === FORM ? new URLSearchParams({ payload }).toString() : payload;
  const delivery = randomUUID();
  const response = await fetch(stack.functionUrls.github ?? '', {
    method: 'POST',
    headers: {
      'content-type': contentType,
      'x-github-delivery': delivery,
      'x-github-event': event,
      'x-hub-signature-256': await sign(stack.secrets.github, body),
    },
    body,
  });
  return { status: response.status, urn: `urn:webhook:github:delivery:${delivery}` };
}

describe("GitHub's own example payloads", () => {
  it('are 329', () => expect(payloads).toHaveLength(329));

  it.each(['application/json', FORM])('as %s reach the bus byte for byte', async (contentType) => {
    const sent = await pMap(
      payloads,
      async ({ event, payload }) => ({
        event,
        payload,
        ...(await postGitHub(event, payload, contentType)),
      }),
      { concurrency: 4 },
    );
    expect(sent.filter(({ status }) => status !== 202)).toEqual([]);
    const details = sentDetails();
    const events = await delivered(sent.map(({ urn }) => urn));
    for (const { event, payload, urn } of sent) {
      expect(details.get(urn) === payload, `${event} ${urn}`).toBe(true);
      expect(events.get(urn)).toMatchObject({ source: 'github.com', 'detail-type': event });
      expect(events.get(urn)?.detail).toEqual(JSON.parse(payload));
    }
  });
});

const sms: [string, string][] = [
  ['MessageSid', 'SM1'],
  ['From', '+14158675309'],
  ['Body', 'naïve — 日本語 🎉 & = + %'],
  ['Empty', ''],
  ['MediaUrl', 'https://example.com/b'],
  ['MediaUrl', 'https://example.com/a'],
];

interface TwilioPost {
  readonly query?: string;
  readonly fields?: [string, string][];
  readonly json?: string;
}

const valuesOf = (fields: [string, string][]): Record<string, string | string[]> =>
  Object.fromEntries(
    fields.map(([name]) => {
      const values = fields.filter(([other]) => other === name).map(([, value]) => value);
      return [name, values.length > 1 ? values : (values[0] ?? '')];
    }),
  );

/** Posts a webhook signed by Twilio's package; answers the status and the URN of its idempotency token. */
async function postTwilio({ query = '', fields = [], json }: TwilioPost) {
  const delivery = randomUUID();
  const hash = json === undefined ? [] : [`bodySHA256=${twilio.getExpectedBodyHash(json)}`];
  const search = [...(query === '' ? [] : [query]), ...hash].join('&');
  const url = (base: string): string => (search === '' ? base : `${base}?${search}`);
  const signedUrl = url(output('TwilioWebhookUrl'));
  const token = stack.secrets.twilio;
  const response = await fetch(url(stack.functionUrls.twilio ?? ''), {
    method: 'POST',
    headers: {
      'content-type': json === undefined ? FORM : 'application/json',
      'i-twilio-idempotency-token': delivery,
      'x-twilio-signature': twilio.getExpectedTwilioSignature(token, signedUrl, valuesOf(fields)),
    },
    body: json ?? new URLSearchParams(fields).toString(),
  });
  return { status: response.status, urn: `urn:webhook:twilio:idempotency-token:${delivery}` };
}

describe("webhooks signed by Twilio's own package", () => {
  const json = '{"é": [1.0, 12345678901234567890], "text": "日本語"}';

  it.each<[string, TwilioPost, string]>([
    ['a form', { fields: sms }, JSON.stringify(valuesOf(sms))],
    ['a form with a query', { fields: sms, query: 'a=1&b=&c' }, JSON.stringify(valuesOf(sms))],
    [
      'an encoded query',
      { fields: sms, query: 'q=%2B%20%C3%A9+x&q=2' },
      JSON.stringify(valuesOf(sms)),
    ],
    ['an empty form', {}, '{}'],
    ['JSON', { json }, json],
    ['JSON with a query', { json, query: 'tenant=a%2Fb' }, json],
  ])('reach the bus: %s', async (_, post, detail) => {
    const { status, urn } = await postTwilio(post);
    expect(status).toBe(202);
    expect(sentDetails().get(urn)).toBe(detail);
    const events = await delivered([urn]);
    expect(events.get(urn)?.detail).toEqual(JSON.parse(detail));
  });
});
