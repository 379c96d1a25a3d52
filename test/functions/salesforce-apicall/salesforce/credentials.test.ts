import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type AuthFlow,
  parseCredentials,
  privateKeyOf,
} from '../../../../functions/salesforce-apicall/salesforce/credentials.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const passphrase = 'correct horse battery staple';
const encrypt = (type: 'pkcs1' | 'pkcs8'): string =>
  privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const fields = {
  server: 'https://acme.my.salesforce.com/',
  clientID: 'consumer-key',
  user: 'integration@acme.example',
  certKey: pkcs8,
  clientSecret: 'consumer-secret',
  password: 'user-password',
  securityToken: 'security-token',
};
type Change = Readonly<Record<string, unknown>>;

const parse = (change: Change = {}, flow: AuthFlow = 'jwt') =>
  parseCredentials(JSON.stringify({ ...fields, ...change }), flow);
const der = (change: Change): string =>
  privateKeyOf(parse(change)).export({ type: 'pkcs8', format: 'der' }).toString('hex');
const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('nothing was thrown');
};

describe('the key of the Salesforce secret', () => {
  const expected = createPrivateKey(pkcs8).export({ type: 'pkcs8', format: 'der' }).toString('hex');

  it.each([
    ['PKCS#8', { certKey: pkcs8 }],
    ['PKCS#1', { certKey: pkcs1 }],
    ['with newlines as two characters', { certKey: pkcs8.replaceAll('\n', '\\n') }],
    ['with Windows newlines', { certKey: pkcs1.replaceAll('\n', '\r\n') }],
    ['with Windows newlines as four characters', { certKey: pkcs1.replaceAll('\n', '\\r\\n') }],
    ['with newlines become spaces', { certKey: pkcs8.replaceAll('\n', ' ') }],
    ['with newlines lost', { certKey: pkcs8.replaceAll('\n', '') }],
    ['base64 of the whole PEM', { certKey: base64(pkcs1) }],
    ['base64 of the whole PEM, wrapped', { certKey: base64(pkcs8).replaceAll(/.{76}/g, '$&\n') }],
    ['base64 of a PEM with escaped newlines', { certKey: base64(pkcs8.replaceAll('\n', '\\n')) }],
    ['after a certificate in one file', { certKey: `# a comment\n${pkcs8}` }],
    ['PKCS#8, encrypted', { certKey: encrypt('pkcs8'), passphrase }],
    ['PKCS#1, encrypted', { certKey: encrypt('pkcs1'), passphrase }],
    [
      'PKCS#1, encrypted, with escaped newlines',
      { certKey: encrypt('pkcs1').replaceAll('\n', '\\n'), passphrase },
    ],
    ['PKCS#8, encrypted, in base64', { certKey: base64(encrypt('pkcs8')), passphrase }],
    [
      'whose passphrase ends in a newline',
      { certKey: encrypt('pkcs8'), passphrase: `${passphrase}\n` },
    ],
    ['that is not encrypted, with a passphrase', { certKey: pkcs8, passphrase }],
  ])('is read as %s', (_what, change) => {
    expect(der(change)).toBe(expected);
  });

  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const pem = (key: typeof short): string =>
    key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it.each([
    [
      'text',
      { certKey: 'no key at all, but a text that is long enough to be quoted' },
      'certKey is not a private key in PEM',
    ],
    ['cut off', { certKey: pkcs8.slice(0, 400) }, 'certKey is not a private key in PEM'],
    ['a public key', { certKey: publicPem }, 'certKey is a certificate or a public key'],
    ['an elliptic curve key', { certKey: pem(elliptic) }, 'certKey is not an RSA key'],
    ['short', { certKey: pem(short) }, 'certKey is shorter than 2048 bits'],
    ['encrypted', { certKey: encrypt('pkcs8') }, 'the field passphrase is missing'],
    ['encrypted, old', { certKey: encrypt('pkcs1') }, 'the field passphrase is missing'],
    [
      'encrypted otherwise',
      { certKey: encrypt('pkcs8'), passphrase: 'wrong-passphrase' },
      'certKey cannot be opened with the passphrase',
    ],
    [
      'encrypted otherwise, old',
      { certKey: encrypt('pkcs1'), passphrase: 'wrong-passphrase' },
      'certKey cannot be opened with the passphrase',
    ],
  ])('that is %s is refused by name, without its value', (_what, change, message) => {
    const thrown = messageOf(() => privateKeyOf(parse(change)));
    expect(thrown).toContain(message);
    expect(thrown).not.toContain('wrong-passphrase');
    expect(thrown).not.toContain(String(change.certKey).slice(30, 60));
  });
});

describe('the Salesforce secret', () => {
  it('is read with its server as an origin without a slash', () => {
    expect(parse()).toMatchObject({
      ...fields,
      server: 'https://acme.my.salesforce.com',
      certKey: pkcs8.trim(),
    });
  });

  it.each([
    ['jwt', ['server', 'clientID', 'user', 'certKey']],
    ['client_credentials', ['server', 'clientID', 'clientSecret']],
    ['password', ['server', 'clientID', 'clientSecret', 'user', 'password']],
  ] as const)('for %s names each field that is missing or empty', (flow, needed) => {
    for (const name of needed) {
      const message = `lacks ${name}, which the ${flow} flow needs`;
      expect(() => parse({ [name]: undefined }, flow)).toThrow(message);
      expect(() => parse({ [name]: null }, flow)).toThrow(message);
      expect(() => parse({ [name]: '  ' }, flow)).toThrow(message);
    }
  });

  it.each([[42], [{ pem: 'x' }], [['x']], [true]])(
    'with %j where text belongs names the field',
    (value) => expect(() => parse({ certKey: value })).toThrow(/certKey must be text in quotes/),
  );

  it('may hold null where the flow needs nothing', () =>
    expect(parse({ securityToken: null, passphrase: null })).toMatchObject({ passphrase: '' }));

  it.each(['null', '[]', '"text"', '7'])('that is %s is refused as no object', (json) =>
    expect(() => parseCredentials(json, 'jwt')).toThrow('is not a JSON object'),
  );

  it.each([
    ['acme.my.salesforce.com', 'server is not an https URL'],
    ['http://acme.my.salesforce.com', 'server is not an https URL'],
  ])('with the server %s is refused', (server, message) =>
    expect(() => parse({ server })).toThrow(message),
  );

  it('never puts a value into an error', () => {
    const wrong = [
      () => parseCredentials(`{"certKey": "${fields.password}`, 'jwt'),
      () => parse({ certKey: [fields.password] }),
      () => parse({ server: `ftp://${fields.password}` }),
      () => parse({ user: '', clientID: fields.password }),
    ];
    for (const act of wrong) expect(messageOf(act)).not.toContain(fields.password);
  });
});
