import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SalesforceConfigurationError } from '../errors.ts';

export type AuthFlow = 'jwt' | 'client_credentials' | 'password';

/** The fields of the secret that a flow needs, in TriggerMesh's names. */
export interface Credentials {
  readonly server: string;
  readonly clientID: string;
  readonly user: string;
  readonly certKey: string;
  readonly clientSecret: string;
  readonly password: string;
  readonly securityToken: string;
}

const needed: Readonly<Record<AuthFlow, readonly (keyof Credentials)[]>> = {
  jwt: ['server', 'clientID', 'user', 'certKey'],
  client_credentials: ['server', 'clientID', 'clientSecret'],
  password: ['server', 'clientID', 'clientSecret', 'user', 'password'],
};

function parse(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json);
  } catch {
    throw new SalesforceConfigurationError('The Salesforce secret is not JSON');
  }
}

/** @throws SalesforceConfigurationError naming every field that the flow needs and the secret lacks. */
export function parseCredentials(json: string, flow: AuthFlow): Credentials {
  const fields = parse(json);
  const field = (name: keyof Credentials): string => {
    const value = fields[name];
    return typeof value === 'string' ? value.trim() : '';
  };
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

/** Keys pasted through a shell or a form often arrive with `\n` as two characters. */
export function privateKeyOf({ certKey }: Credentials): KeyObject {
  try {
    return createPrivateKey(certKey.replaceAll('\\n', '\n'));
  } catch (cause) {
    throw new SalesforceConfigurationError(
      "The Salesforce secret's certKey is not a private key in PEM",
      { cause },
    );
  }
}
