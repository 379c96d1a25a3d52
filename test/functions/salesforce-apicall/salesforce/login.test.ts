import { describe, expect, it } from 'vitest';
import { parseCredentials } from '../../../../functions/salesforce-apicall/salesforce/credentials.ts';
import { requireInstanceUrl } from '../../../../functions/salesforce-apicall/salesforce/login.ts';
import { makeKeyPair } from '../../../../local/stack/simulator.ts';
import { useTestOrg } from '../../../local/salesforce/harness.ts';
import { credentials, logIn } from './session-harness.ts';

const org = useTestOrg({ org: credentials });

describe('login', () => {
  it.each(['jwt', 'client_credentials', 'password'] as const)(
    'by %s gets a token for the org',
    async (flow) => {
      expect(await logIn(org().url, flow)).toMatchObject({
        instanceUrl: org().url,
        accessToken: expect.stringMatching(/^00D/),
      });
    },
  );

  it('takes a key whose newlines came as two characters', async () => {
    await expect(
      logIn(org().url, 'jwt', { certKey: credentials.privateKey.replaceAll('\n', '\\n') }),
    ).resolves.toBeDefined();
  });

  const otherKey = makeKeyPair().privateKey;

  it.each([
    ['another key', { certKey: otherKey }, undefined, 'invalid assertion'],
    ['another audience', {}, 'https://other.example', 'audience is invalid'],
    ['another user', { user: 'nobody' }, undefined, "user hasn't approved this consumer"],
    ['another app', { clientID: 'other' }, undefined, 'client identifier invalid'],
  ])('with %s is refused in the words of Salesforce', async (_what, change, audience, message) => {
    await expect(logIn(org().url, 'jwt', change, audience)).rejects.toThrow(message);
  });

  it.each([
    ['{', /is not JSON/],
    ['{}', /lacks server, clientID, user, certKey/],
    [
      JSON.stringify({ server: 'http://example.com', clientID: 'a', user: 'b', certKey: 'c' }),
      /not an https URL/,
    ],
  ])('with the secret %s names what is wrong', (json, message) => {
    expect(() => parseCredentials(json, 'jwt')).toThrow(message);
  });

  it.each([
    ['https://acme.my.salesforce.com', true],
    ['https://acme.my.salesforce.com.evil.example', false],
    ['http://acme.my.salesforce.com', false],
    ['https://evil.example', false],
    ['https://own.example', true],
  ])('a token goes to %s: %s', (instanceUrl, isTaken) => {
    const check = () => requireInstanceUrl(instanceUrl, 'https://own.example');
    if (isTaken) expect(check()).toBe(instanceUrl);
    else expect(check).toThrow('not a Salesforce host');
  });
});
