import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { sign } from '@octokit/webhooks-methods';
import { describe, expect, it } from 'vitest';
import { PublishError } from '../../../functions/common/errors.ts';
import { toWebhookRequest } from '../../../functions/common/webhook/request.ts';
import { signatureOf } from '../../../functions/github-webhook/verify.ts';
import { urlEvent } from '../kit.ts';
import { DELIVERY, FORM, githubEvent, githubScene, SECRET } from '../webhooks/kit.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

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

  it.each(['', 'sha256=', 'sha1=abc', 'sha256=é', `sha256=${'A'.repeat(64)}`])(
    '%j is refused with 401',
    async (signature) => {
      const { post } = githubScene();
      const event = await githubEvent('{}', { 'x-hub-signature-256': signature });
      expect(await post(event)).toMatchObject({ status: 401, body: 'Invalid Signature' });
    },
  );
});

describe('the order of checks', () => {
  it('is method, size, content type, signature, secret, headers, body', async () => {
    const { post } = githubScene();
    const big = Buffer.alloc(6 * 1024 * 1024 + 1);
    const text = { 'content-type': 'text/plain' };
    const answers = [
      await post(urlEvent({ method: 'GET', body: big })),
      await post(urlEvent({ headers: text, body: big })),
      await post(urlEvent({ headers: text })),
      await post(urlEvent({ headers: JSON_TYPE, body: 'not JSON' })),
      await post(await githubEvent('not JSON', { 'x-github-event': '' })),
      await post(await githubEvent('not JSON')),
      await post(await githubEvent('{}', JSON_TYPE)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([405, 413, 415, 401, 400, 400, 202]);
    expect(answers[0]?.headers['allow']).toBe('POST');
    expect(answers[2]?.body).toContain('application/json and application/x-www-form-urlencoded');
  });

  it('names every header that is missing, and says what a body is not', async () => {
    const { log, post } = githubScene();
    const none = { 'x-github-event': '', 'x-github-delivery': '' };
    expect((await post(await githubEvent('{}', none))).body).toBe(
      'Missing headers: X-GitHub-Event, X-GitHub-Delivery',
    );
    expect((await post(await githubEvent('[1]'))).body).toBe('The body is not a JSON object');
    const form = await post(await githubEvent('payload=1', { 'content-type': FORM }));
    expect(form.body).toContain('field "payload"');
    expect(log.text()).toContain(DELIVERY);
  });

  it('with an unusable secret is 500 with a constant text, and the log names the secret', async () => {
    const { counted, log, post } = githubScene({ secretError: new Error('the secret is empty') });
    const answer = await post(await githubEvent('not JSON'));
    expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error' });
    expect(log.text()).toContain('arn:aws:secretsmanager:us-east-1:000000000000:secret:webhook');
    expect(counted).toEqual(['SecretUnusable github']);
  });
});

describe('a verified webhook', () => {
  const definitions: readonly { name: string; examples: readonly object[] }[] = Object(examples);

  it.each(definitions.map(({ name, examples: [first] }) => [name, JSON.stringify(first)] as const))(
    '%s reaches the bus byte for byte',
    async (event, payload) => {
      const { entries, post } = githubScene();
      const answer = await post(await githubEvent(payload, { 'x-github-event': event }));
      expect(answer).toMatchObject({
        status: 202,
        body: 'Message forwarded to Amazon EventBridge',
      });
      expect(entries).toMatchObject([{ source: 'github.com', detailType: event, detail: payload }]);
    },
  );

  it('in a form is its payload field, exactly', async () => {
    const payload = '{ "action": "opened", "é": "+&=" }';
    const body = `payload=${encodeURIComponent(payload)}`;
    const { entries, post } = githubScene();
    expect((await post(await githubEvent(body, { 'content-type': FORM }))).status).toBe(202);
    expect(entries[0]?.detail).toBe(payload);
  });

  it('in base64 is the same as in text', async () => {
    const { entries, post } = githubScene();
    const event = await githubEvent('{ "é": 1 }');
    const body = Buffer.from('{ "é": 1 }').toString('base64');
    expect((await post({ ...event, body, isBase64Encoded: true })).status).toBe(202);
    expect(entries[0]?.detail).toBe('{ "é": 1 }');
  });

  it('carries delivery, hook, event and action as URNs and in the log', async () => {
    const { entries, log, post } = githubScene();
    await post(await githubEvent('{"action":"opened"}'));
    expect(entries[0]?.resources).toEqual([
      `urn:webhook:github:delivery:${DELIVERY}`,
      'urn:webhook:github:hook:42',
      'urn:webhook:github:event:issues',
      'urn:webhook:github:action:opened',
    ]);
    const ids = { delivery: DELIVERY, hook: '42', event: 'issues', action: 'opened' };
    expect(log.lines).toMatchObject([['webhook accepted', ids]]);
  });

  it('with a malformed delivery id is named by its digest', async () => {
    const { entries, post } = githubScene();
    await post(await githubEvent('{}', { 'x-github-delivery': '../../etc' }));
    expect(entries[0]?.id).toMatch(/^[0-9a-f]{64}$/);
  });

  it('of a type that is not accepted is answered 202 and not published', async () => {
    const { counted, entries, post } = githubScene({ accepted: new Set(['push']) });
    expect((await post(await githubEvent('{}'))).status).toBe(202);
    expect(entries).toEqual([]);
    expect(counted).toEqual(['WebhookIgnored github']);
  });

  it('that was spilled is accepted, one that nobody took is answered 500', async () => {
    const spilled = githubScene({
      outcome: { outcome: 'spilled', claimCheck: false, errorCode: 'InternalFailure' },
    });
    expect((await spilled.post(await githubEvent('{}'))).status).toBe(202);
    expect(spilled.counted).toEqual(['WebhookAccepted github', 'EventSpilled github']);
    const outcome = { outcome: 'failed', error: new PublishError('both refused') } as const;
    const lost = githubScene({ outcome });
    const answer = await lost.post(await githubEvent('{}'));
    expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error' });
    expect(lost.counted).toEqual(['PublishFailed github']);
  });

  it('leaves no body, signature or secret in the log', async () => {
    const canary = 'canary-7f3a';
    const { log, post } = githubScene();
    const payload = JSON.stringify({ action: 'opened', canary });
    await post(await githubEvent(payload));
    await post({ ...(await githubEvent(payload)), body: `${payload} ` });
    for (const secret of [canary, SECRET, await sign(SECRET, payload)])
      expect(log.text()).not.toContain(secret);
    expect(log.text()).toContain(DELIVERY);
  });
});
