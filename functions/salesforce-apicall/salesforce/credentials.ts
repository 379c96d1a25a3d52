import { createPrivateKey, type KeyObject } from 'node:crypto';
import { isJsonObject, type JsonObject } from '#common/json.ts';
import { SalesforceConfigurationError } from '../errors.ts';

export type AuthFlow = 'jwt' | 'client_credentials' | 'password';

/** The fields of the secret, as TriggerMesh names them; empty if the secret has none. */
export interface Credentials {
  readonly server: string;
  readonly clientID: string;
  readonly user: string;
  readonly certKey: string;
  readonly clientSecret: string;
  readonly password: string;
  readonly securityToken: string;
  /** Decrypts `certKey`, if that is encrypted. */
  readonly passphrase: string;
}

const needed: Readonly<Record<AuthFlow, readonly (keyof Credentials)[]>> = {
  jwt: ['server', 'clientID', 'user', 'certKey'],
  client_credentials: ['server', 'clientID', 'clientSecret'],
  password: ['server', 'clientID', 'clientSecret', 'user', 'password'],
};

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // The parser's error quotes the text, which is secret.
    throw new SalesforceConfigurationError('The Salesforce secret is not JSON');
  }
}

function parseFields(json: string): JsonObject {
  const value = parseJson(json);
  if (isJsonObject(value)) return value;
  throw new SalesforceConfigurationError('The Salesforce secret is not a JSON object');
}

function requireText(fields: JsonObject, names: readonly string[]): void {
  const wrong = names.filter((name) => typeof (fields[name] ?? '') !== 'string');
  if (wrong.length === 0) return;
  throw new SalesforceConfigurationError(
    `The Salesforce secret's ${wrong.join(', ')} must be text in quotes`,
  );
}

/**
 * The credentials in the Salesforce secret.
 *
 * @throws SalesforceConfigurationError naming every field that the flow needs and the secret lacks.
 */
export function parseCredentials(json: string, flow: AuthFlow): Credentials {
  const fields = parseFields(json);
  requireText(fields, [...needed[flow], 'securityToken', 'passphrase']);
  const text = (name: keyof Credentials): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  const field = (name: keyof Credentials): string => text(name).trim();
  const missing = needed[flow].filter((name) => field(name) === '');
  if (missing.length > 0) {
    throw new SalesforceConfigurationError(
      `The Salesforce secret lacks ${missing.join(', ')}, which the ${flow} flow needs`,
    );
  }
  return {
    server: requireServer(field('server')),
    clientID: field('clientID'),
    user: field('user'),
    certKey: field('certKey'),
    clientSecret: field('clientSecret'),
    password: field('password'),
    securityToken: field('securityToken'),
    // A file's final newline is not part of a passphrase; spaces may be.
    passphrase: text('passphrase').replace(/\r?\n$/, ''),
  };
}

export const isLoopback = (host: string): boolean =>
  host === '127.0.0.1' || host === 'localhost' || host === '[::1]';

function requireServer(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const isSecure =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url && isSecure) return server.replace(/\/$/, '');
  throw new SalesforceConfigurationError("The Salesforce secret's server is not an https URL");
}

const PRIVATE_KEY =
  /-----BEGIN ((?:RSA |ENCRYPTED )?PRIVATE KEY)-----([A-Za-z0-9+/=\s]+)-----END \1-----/;

const withNewlines = (text: string): string =>
  text.replaceAll('\\r', '').replaceAll('\\n', '\n').replaceAll('\r', '');

function decodeBase64(text: string): string {
  if (text.includes('-----BEGIN ')) return text;
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return decoded.includes('-----BEGIN ') ? decoded : text;
}

/**
 * The key as OpenSSL reads it. Shells, forms and variables turn newlines into `\n` in two characters or into spaces, and
 * some tools encode the whole PEM in base64.
 */
function toPem(text: string): string {
  const pem = withNewlines(decodeBase64(withNewlines(text)));
  const [, label = '', body = ''] = PRIVATE_KEY.exec(pem) ?? [];
  if (label === '') return pem;
  const lines = body.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** jsonwebtoken's minimum for RS256. */
const LEAST_KEY_BITS = 2048;

const keyError = (what: string, cause?: unknown): SalesforceConfigurationError =>
  new SalesforceConfigurationError(`The Salesforce secret's certKey ${what}`, { cause });

function readKey(pem: string, passphrase: string): KeyObject {
  const isEncrypted = pem.includes('ENCRYPTED');
  if (isEncrypted && passphrase === '')
    throw keyError('is encrypted and the field passphrase is missing');
  try {
    return createPrivateKey({ key: pem, format: 'pem', passphrase });
  } catch (cause) {
    throw keyError(
      isEncrypted ? 'cannot be opened with the passphrase' : 'is not a private key in PEM',
      cause,
    );
  }
}

/**
 * The key that signs JWTs: PKCS#1 or PKCS#8, encrypted or not.
 *
 * @throws SalesforceConfigurationError saying what is wrong with `certKey` or `passphrase`.
 */
export function privateKeyOf({ certKey, passphrase }: Credentials): KeyObject {
  const pem = toPem(certKey);
  if (/-----BEGIN (CERTIFICATE|(RSA )?PUBLIC KEY)-----/.test(pem) && !pem.includes('PRIVATE KEY'))
    throw keyError('is a certificate or a public key, not the private key that belongs to it');
  const key = readKey(pem, passphrase);
  if (key.asymmetricKeyType !== 'rsa') throw keyError('is not an RSA key');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_KEY_BITS)
    throw keyError(`is shorter than ${LEAST_KEY_BITS} bits`);
  return key;
}
