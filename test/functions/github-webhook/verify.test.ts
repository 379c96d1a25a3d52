import { sign } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toWebhookRequest } from '../../../functions/common/webhook/request.ts';
import { signatureOf } from '../../../functions/github-webhook/verify.ts';
import { urlEvent } from '../kit.ts';

const HEX = 'a'.repeat(64);
const verifierOf = (body: string | Buffer, headers: Record<string, string>) =>
  signatureOf(toWebhookRequest(urlEvent({ headers, body })));
const signedBy = (signature: string) => ({ 'x-hub-signature-256': signature });

describe('a request that GitHub may have signed', () => {
  it.each([
    ['without a signature', '{}', {}],
    ['with one that begins with more', '{}', signedBy(`x sha256=${HEX}`)],
    ['with one that ends with more', '{}', signedBy(`sha256=${HEX}0`)],
    ['with one that is repeated', '{}', signedBy(`sha256=${HEX},sha256=${HEX}`)],
    ['with one in two lines', '{}', signedBy(`sha256=${HEX}\n`)],
    ['with one that is too short', '{}', signedBy(`sha256=${HEX.slice(1)}`)],
    ['with one in capitals', '{}', signedBy(`sha256=${HEX.toUpperCase()}`)],
    ['with the SHA-1 header alone', '{}', { 'x-hub-signature': `sha1=${HEX.slice(24)}` }],
    ['without a body', '', signedBy(`sha256=${HEX}`)],
    ['whose body is no text', Buffer.from([0xff]), signedBy(`sha256=${HEX}`)],
  ])('is none %s, whatever the secret', (_how, body, headers) =>
    expect(verifierOf(body, headers)).toBeUndefined(),
  );

  it('is its own if the secret is its own, and the body is the one that was signed', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, text, text, async (secret, body, other) => {
        const headers = signedBy(await sign(secret, body));
        expect(await verifierOf(body, headers)?.(secret)).toBe(true);
        expect(await verifierOf(`${body}${other}`, headers)?.(secret)).toBe(false);
        expect(await verifierOf(body, headers)?.(`${secret}!`)).toBe(false);
      }),
    );
  });
});
