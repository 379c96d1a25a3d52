import { sign } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toWebhookRequest } from '../../../functions/common/webhook/http.ts';
import { createGitHubProvider } from '../../../functions/github-webhook/provider.ts';
import { urlEvent } from '../harness.ts';

const HEX = 'a'.repeat(64);
const { createVerifier } = createGitHubProvider();
const verifierOf = (body: string | Buffer, headers: Record<string, string>) =>
  createVerifier(toWebhookRequest(urlEvent({ headers, body })));
const signedBy = (signature: string) => ({ 'x-hub-signature-256': signature });

describe('createGitHubProvider', () => {
  it('describes a signed request of an accepted content type', () => {
    const { name, contentTypes, describe: describeWebhook } = createGitHubProvider();
    const headers = { 'x-github-event': 'push', 'x-github-delivery': 'delivery-1' };
    expect(name).toBe('github');
    expect(contentTypes).toEqual(['application/json', 'application/x-www-form-urlencoded']);
    expect(describeWebhook(toWebhookRequest(urlEvent({ headers, body: '{}' })))).toMatchObject({
      kind: 'events',
      ids: { event: 'push', delivery: 'delivery-1' },
    });
  });
});

describe('createVerifier', () => {
  it.each([
    [
      "It's a Secret to Everybody",
      'Hello, World!',
      '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    ],
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
  ])('verifies the known signature of %j over %j', async (secret, body, hex) => {
    const request = toWebhookRequest(
      urlEvent({ headers: { 'x-hub-signature-256': `sha256=${hex}` }, body }),
    );
    expect(await createVerifier(request)?.(secret)).toEqual(request.body);
    expect(await createVerifier(request)?.(`${secret}!`)).toBeUndefined();
  });

  it.each([
    ['has no signature', '{}', {}],
    ['has a signature with a prefix', '{}', signedBy(`x sha256=${HEX}`)],
    ['has a signature with a suffix', '{}', signedBy(`sha256=${HEX}0`)],
    ['has a repeated signature', '{}', signedBy(`sha256=${HEX},sha256=${HEX}`)],
    ['has a signature with a line break', '{}', signedBy(`sha256=${HEX}\n`)],
    ['has a signature that is too short', '{}', signedBy(`sha256=${HEX.slice(1)}`)],
    ['has a signature in capitals', '{}', signedBy(`sha256=${HEX.toUpperCase()}`)],
    ['has only the SHA-1 header', '{}', { 'x-hub-signature': `sha1=${HEX.slice(24)}` }],
    ['has no body', '', signedBy(`sha256=${HEX}`)],
    ['has a body that is not UTF-8', Buffer.from([0xff]), signedBy(`sha256=${HEX}`)],
  ])('returns no verifier if the request %s', (_how, body, headers) =>
    expect(verifierOf(body, headers)).toBeUndefined(),
  );

  it('verifies only the signed body, and only with the secret that signed it', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, text, text, async (secret, body, other) => {
        const headers = signedBy(await sign(secret, body));
        expect(await verifierOf(body, headers)?.(secret)).toEqual(Buffer.from(body));
        expect(await verifierOf(`${body}${other}`, headers)?.(secret)).toBeUndefined();
        expect(await verifierOf(body, headers)?.(`${secret}!`)).toBeUndefined();
      }),
    );
  });
});
