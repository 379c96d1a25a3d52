import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { sign } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PublishError } from '../../../functions/common/errors.ts';
import type { Published } from '../../../functions/common/publish.ts';
import { createWebhookHandler } from '../../../functions/common/webhook.ts';
import { toWebhookRequest } from '../../../functions/common/webhook-request.ts';
import { describe as describeRequest } from '../../../functions/github-webhook/describe.ts';
import { signatureOf } from '../../../functions/github-webhook/verify.ts';
import { context, memoryBus, memoryLog, memoryMetrics, urlEvent } from '../kit.ts';

const SECRET = "It's a Secret to Everybody";
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

function scene({
  accepted,
  outcome,
  secretFails = false,
}: {
  accepted?: ReadonlySet<string>;
  outcome?: Published;
  secretFails?: boolean;
} = {}) {
  const bus = memoryBus(outcome);
  const log = memoryLog();
  const metrics = memoryMetrics();
  const handler = createWebhookHandler(
    {
      name: 'github',
      contentTypes: ['application/json', 'application/x-www-form-urlencoded'],
      signatureOf,
      describe: (request) => describeRequest(request, accepted),
    },
    {
      secret: async (verify) => {
        if (secretFails) throw new Error('no secret');
        return verify(SECRET);
      },
      publish: bus.publish,
      log,
      count: metrics.count,
    },
  );
  return {
    ...bus,
    ...metrics,
    log,
    post: (event: Parameters<typeof handler>[0]) => handler(event, context),
  };
}

async function signed(payload: string, headers: Record<string, string> = {}) {
  const all = {
    ...JSON_TYPE,
    'x-github-event': 'issues',
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-hub-signature-256': await sign(SECRET, payload),
    ...headers,
  };
  return { headers: all, body: payload };
}

const statusOf = (result: unknown): unknown => Object(result).statusCode;

describe("GitHub's signature", () => {
  it.each([
    [SECRET, 'Hello, World!', '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'],
    [
      'mysecret',
      '{"foo":"bar"}',
      '4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3',
    ],
    [
      'mysecret',
      '{\n  "foo": "bar"\n}\n',
      'e3eccac34c43c7dc1cbb905488b1b81347fcc700a7b025697a9d07862256023f',
    ],
    [
      'development',
      '{"foo":"Foo\\n\\u001B[34mbar: ♥♥♥♥♥♥♥♥\\nthis-is-lost\\u001B[0m\\u001B[2K"}',
      'afecc3caa27548bb90d51a50384cb2868b9a3327b4ad6a01c9bd4ed0f8b0b12c',
    ],
    [
      'development',
      '{"foo":"\\\\u001b"}',
      '6f8326efbacfbd04e870cea25b5652e635be8c9807f2fd5348ef60753c9e96ed',
    ],
  ])('known answer for %j over %j', async (secret, body, hex) => {
    const request = toWebhookRequest(
      urlEvent({ headers: { 'x-hub-signature-256': `sha256=${hex}` }, body }),
    );
    expect(await signatureOf(request)?.(secret)).toBe(true);
    expect(await signatureOf(request)?.(`${secret}!`)).toBe(false);
  });

  it('does not hold any more when one bit of the body is changed', async () => {
    const payload = '{"action":"opened"}';
    const { headers } = await signed(payload);
    await fc.assert(
      fc.asyncProperty(fc.nat(payload.length * 8 - 1), async (bit) => {
        const body = Buffer.from(payload);
        body[bit >> 3] = (body[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const { entries, post } = scene();
        expect(statusOf(await post(urlEvent({ headers, body })))).toBe(401);
        expect(entries).toEqual([]);
      }),
    );
  });

  it.each(['', 'sha256=', 'sha1=abc', 'sha256=é', `sha256=${'A'.repeat(64)}`])(
    '%j is refused with 401',
    async (signature) => {
      const { post } = scene();
      const event = urlEvent({
        ...(await signed('{}')),
        headers: { ...JSON_TYPE, 'x-hub-signature-256': signature },
      });
      expect(await post(event)).toMatchObject({ statusCode: 401, body: 'Invalid Signature' });
    },
  );
});

describe('the order of checks', () => {
  it('method, size, content type, signature, secret, headers, body', async () => {
    const { post } = scene();
    const big = Buffer.alloc(6 * 1024 * 1024 + 1);
    expect(await post(urlEvent({ method: 'GET', body: big }))).toMatchObject({
      statusCode: 405,
      headers: { allow: 'POST' },
    });
    expect(
      statusOf(await post(urlEvent({ headers: { 'content-type': 'text/plain' }, body: big }))),
    ).toBe(413);
    expect(statusOf(await post(urlEvent({ headers: { 'content-type': 'text/plain' } })))).toBe(415);
    expect(statusOf(await post(urlEvent({ headers: JSON_TYPE, body: 'not JSON' })))).toBe(401);
    const { post: unreadable } = scene({ secretFails: true });
    expect(await unreadable(urlEvent(await signed('not JSON')))).toMatchObject({
      statusCode: 500,
      body: 'Internal Server Error',
    });
    const noEvent = await post(urlEvent(await signed('not JSON', { 'x-github-event': '' })));
    expect(noEvent).toMatchObject({ statusCode: 400, body: 'Missing header: X-GitHub-Event' });
    expect(statusOf(await post(urlEvent(await signed('not JSON'))))).toBe(400);
    expect(statusOf(await post(urlEvent(await signed('[1]'))))).toBe(400);
    expect(statusOf(await post(urlEvent(await signed('{}'))))).toBe(202);
  });

  it('arbitrary requests are refused, never an error of ours', async () => {
    const headers = fc.dictionary(
      fc.constantFrom('x-hub-signature-256', 'x-github-event', 'content-type', 'host'),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(headers, fc.uint8Array(), async (given, bytes) => {
        const result = await scene().post(
          urlEvent({ headers: { ...JSON_TYPE, ...given }, body: Buffer.from(bytes) }),
        );
        expect([401, 415]).toContain(statusOf(result));
      }),
    );
  });
});

describe('a verified webhook', () => {
  const definitions: readonly { name: string; examples: readonly object[] }[] = Object(examples);

  it.each(definitions.map(({ name, examples: [first] }) => [name, JSON.stringify(first)] as const))(
    '%s reaches the bus byte for byte',
    async (event, payload) => {
      const { entries, post } = scene();
      expect(
        await post(urlEvent(await signed(payload, { 'x-github-event': event }))),
      ).toMatchObject({
        statusCode: 202,
        body: 'Message forwarded to Amazon EventBridge',
      });
      expect(entries).toMatchObject([{ source: 'github.com', detailType: event, detail: payload }]);
    },
  );

  it('in a form is its payload field, exactly', async () => {
    const payload = '{ "action": "opened", "é": "+&=" }';
    const body = `payload=${encodeURIComponent(payload)}`;
    const { entries, post } = scene();
    const request = await signed(body, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(statusOf(await post(urlEvent(request)))).toBe(202);
    expect(entries[0]?.detail).toBe(payload);
  });

  it('carries delivery, hook, event and action as URNs', async () => {
    const { entries, post } = scene();
    await post(urlEvent(await signed('{"action":"opened"}', { 'x-github-hook-id': '42' })));
    expect(entries[0]?.resources).toEqual([
      'urn:webhook:github:delivery:72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'urn:webhook:github:hook:42',
      'urn:webhook:github:event:issues',
      'urn:webhook:github:action:opened',
    ]);
  });

  it('with a malformed delivery id is named by its digest', async () => {
    const { entries, post } = scene();
    await post(urlEvent(await signed('{}', { 'x-github-delivery': '../../etc' })));
    expect(entries[0]?.id).toMatch(/^[0-9a-f]{64}$/);
  });

  it('of a type that is not accepted is answered 202 and not published', async () => {
    const { counted, entries, post } = scene({ accepted: new Set(['push']) });
    expect(statusOf(await post(urlEvent(await signed('{}'))))).toBe(202);
    expect(entries).toEqual([]);
    expect(counted).toEqual(['WebhookIgnored github']);
  });

  it('that was spilled is accepted, one that nobody took is answered 500', async () => {
    const spilled = scene({ outcome: { outcome: 'spilled', errorCode: 'InternalFailure' } });
    expect(statusOf(await spilled.post(urlEvent(await signed('{}'))))).toBe(202);
    expect(spilled.counted).toContain('EventSpilled github');
    const lost = scene({ outcome: { outcome: 'failed', error: new PublishError('both refused') } });
    expect(await lost.post(urlEvent(await signed('{}')))).toMatchObject({
      statusCode: 500,
      body: 'Internal Server Error',
    });
  });

  it('leaves no body, signature or secret in the log', async () => {
    const canary = 'canary-7f3a';
    const { log, post } = scene();
    const request = await signed(JSON.stringify({ action: 'opened', canary }));
    await post(urlEvent(request));
    await post(urlEvent({ ...request, body: `${request.body} ` }));
    for (const secret of [canary, SECRET, request.headers['x-hub-signature-256']])
      expect(log.text()).not.toContain(secret);
    expect(log.text()).toContain('72d3162e-cc78-11e3-81ab-4c9367dc0958');
  });
});
