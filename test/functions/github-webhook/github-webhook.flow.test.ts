import { createHash } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { sign } from '@octokit/webhooks-methods';
import { describe, expect, it } from 'vitest';
import { PublishError } from '../../../functions/common/errors.ts';
import { urlEvent } from '../harness.ts';
import { createGitHubHarness, DELIVERY, FORM, githubEvent, SECRET } from '../webhooks/harness.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

describe("GitHub's signature", () => {
  it.each(['', 'sha256=', 'sha1=abc', 'sha256=é', `sha256=${'A'.repeat(64)}`])(
    'is rejected with 401 if it is %j',
    async (signature) => {
      const { post } = createGitHubHarness();
      const event = await githubEvent('{}', { 'x-hub-signature-256': signature });
      expect(await post(event)).toMatchObject({ status: 401, body: 'Invalid Signature' });
    },
  );
});

describe('the order of checks', () => {
  it('is method, size, content type, signature, headers, body', async () => {
    const { post } = createGitHubHarness();
    const big = Buffer.alloc(6 * 1024 * 1024 + 1);
    const text = { 'content-type': 'text/plain' };
    const responses = [
      await post(urlEvent({ method: 'GET', body: big })),
      await post(urlEvent({ headers: text, body: big })),
      await post(urlEvent({ headers: text })),
      await post(urlEvent({ headers: JSON_TYPE, body: 'not JSON' })),
      await post(await githubEvent('not JSON', { 'x-github-event': '' })),
      await post(await githubEvent('not JSON')),
      await post(await githubEvent('{}', JSON_TYPE)),
    ];
    expect(responses.map(({ status }) => status)).toEqual([405, 413, 415, 401, 400, 400, 202]);
    expect(responses[0]?.headers['allow']).toBe('POST');
    expect(responses[2]?.body).toContain('application/json and application/x-www-form-urlencoded');
  });

  it.each([{}, { requestContext: {} }, { Records: [{ kinesis: {} }] }])(
    'refuses %j, which no request of the URL is, as any method but POST',
    async (event) => {
      const { counted, entries, post } = createGitHubHarness();
      expect(await post(Object(event))).toMatchObject({ status: 405 });
      expect([counted, entries]).toEqual([['WebhookRejected github method'], []]);
    },
  );

  it('ends with a response that names every missing header, or what is wrong with the body', async () => {
    const { log, post } = createGitHubHarness();
    const none = { 'x-github-event': '', 'x-github-delivery': '' };
    expect((await post(await githubEvent('{}', none))).body).toBe(
      'Missing headers: X-GitHub-Event, X-GitHub-Delivery',
    );
    expect((await post(await githubEvent('[1]'))).body).toBe('The body is not a JSON object');
    const form = await post(await githubEvent('payload=1', { 'content-type': FORM }));
    expect(form.body).toContain('field "payload"');
    expect(log.text()).toContain(DELIVERY);
  });

  it('ends with a constant 500 if the secret is unusable, and a log line that names the secret', async () => {
    const { counted, log, post } = createGitHubHarness({
      secretError: new Error('the secret is empty'),
    });
    const response = await post(await githubEvent('not JSON'));
    expect(response).toMatchObject({ status: 500, body: 'Internal Server Error' });
    expect(log.text()).toContain('arn:aws:secretsmanager:us-east-1:000000000000:secret:webhook');
    expect(counted).toEqual(['SecretUnusable github']);
  });
});

describe('a verified GitHub webhook', () => {
  const definitions: readonly { name: string; examples: readonly object[] }[] = Object(examples);

  it.each(definitions.map(({ name, examples: [first] }) => [name, JSON.stringify(first)] as const))(
    'is published byte for byte: %s',
    async (event, payload) => {
      const { entries, post } = createGitHubHarness();
      const response = await post(await githubEvent(payload, { 'x-github-event': event }));
      expect(response).toMatchObject({
        status: 202,
        body: 'Message forwarded to Amazon EventBridge',
      });
      expect(entries).toMatchObject([{ source: 'github.com', detailType: event, detail: payload }]);
    },
  );

  it('is published as the exact payload field of a form', async () => {
    const payload = '{ "action": "opened", "é": "+&=" }';
    const body = `payload=${encodeURIComponent(payload)}`;
    const { entries, post } = createGitHubHarness();
    expect((await post(await githubEvent(body, { 'content-type': FORM }))).status).toBe(202);
    expect(entries[0]?.detail).toBe(payload);
  });

  it('is decoded from base64', async () => {
    const { entries, post } = createGitHubHarness();
    const event = await githubEvent('{ "é": 1 }');
    const body = Buffer.from('{ "é": 1 }').toString('base64');
    expect((await post({ ...event, body, isBase64Encoded: true })).status).toBe(202);
    expect(entries[0]?.detail).toBe('{ "é": 1 }');
  });

  it('has delivery, hook, event, and action as URNs and in the log', async () => {
    const { entries, log, post } = createGitHubHarness();
    await post(await githubEvent('{"action":"opened"}'));
    expect(entries[0]?.resources).toEqual([
      `urn:webhook:github:delivery:${DELIVERY}`,
      'urn:webhook:github:hook:42',
      'urn:webhook:github:event:issues',
      'urn:webhook:github:action:opened',
      `urn:webhook:github:body:${createHash('sha256').update('{"action":"opened"}').digest('hex')}`,
    ]);
    const ids = { delivery: DELIVERY, hook: '42', event: 'issues', action: 'opened' };
    const result = { outcome: 'published', eventId: 'event-1' };
    const names = { source: 'github.com', detailType: 'issues' };
    const metrics = { values: {}, dimensions: [['provider']] };
    expect(log.lines).toEqual([
      ['webhook accepted', { provider: 'github', ...ids, ...names, ...result }, metrics],
    ]);
  });

  it('is identified by its digest if the delivery id is malformed', async () => {
    const { entries, post } = createGitHubHarness();
    await post(await githubEvent('{}', { 'x-github-delivery': '../../etc' }));
    expect(entries[0]?.id).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is not published, and answered with 202, if its type is not accepted', async () => {
    const { counted, entries, post } = createGitHubHarness({ acceptedEvents: new Set(['push']) });
    expect((await post(await githubEvent('{}'))).status).toBe(202);
    expect(entries).toEqual([]);
    expect(counted).toEqual(['WebhookIgnored github']);
  });

  it('is accepted if it was spilled, and answered with 500 if it could not be published', async () => {
    const spilled = createGitHubHarness({
      outcome: { outcome: 'spilled', messageId: 'spilled-1', errorCode: 'InternalFailure' },
    });
    expect((await spilled.post(await githubEvent('{}'))).status).toBe(202);
    expect(spilled.counted).toEqual(['EventSpilled github']);
    const outcome = { outcome: 'failed', error: new PublishError('both rejected') } as const;
    const lost = createGitHubHarness({ outcome });
    const response = await lost.post(await githubEvent('{}'));
    expect(response).toMatchObject({ status: 500, body: 'Internal Server Error' });
    expect(lost.counted).toEqual(['PublishFailed github']);
  });

  it('leaves no body, signature or secret in the log', async () => {
    const canary = 'canary-7f3a';
    const { log, post } = createGitHubHarness();
    const payload = JSON.stringify({ action: 'opened', canary });
    await post(await githubEvent(payload));
    await post({ ...(await githubEvent(payload)), body: `${payload} ` });
    for (const secret of [canary, SECRET, await sign(SECRET, payload)])
      expect(log.text()).not.toContain(secret);
    expect(log.text()).toContain(DELIVERY);
  });
});
