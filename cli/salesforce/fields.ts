import {
  type AuthFlow,
  parseCredentials,
  privateKeyOf,
} from '../../functions/salesforce-apicall/salesforce/credentials.ts';
import type { Ask, Question } from './ask.ts';
import { SetupError } from './errors.ts';
import { readText } from './files.ts';

/** The options of `secret`, as commander names them. Values that are secret come from files only. */
export interface FieldOptions {
  /** The whole secret's JSON, instead of fields. */
  readonly file?: string;
  readonly server?: string;
  readonly clientId?: string;
  readonly user?: string;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
  readonly clientSecretFile?: string;
}

type Fields = Readonly<Record<string, string>>;

const server: Question = { text: 'My Domain URL (https://…)', option: '--server' };
const clientId: Question = { text: 'Consumer key of the app', option: '--client-id' };
const user: Question = { text: 'Username of the integration user', option: '--user' };
const keyFile: Question = { text: 'File of the private key', option: '--key-file' };
const passphrase: Question = {
  text: 'Passphrase of the private key',
  option: '--passphrase-file',
  hidden: true,
};
const clientSecret: Question = {
  text: 'Consumer secret of the app',
  option: '--client-secret-file',
  hidden: true,
};

async function readOrAsk(file: string | undefined, question: Question, ask: Ask): Promise<string> {
  if (file === undefined) return ask(question);
  const text = await readText(file, 'The file of');
  return text.replace(/\r?\n$/, '');
}

async function keyFields(options: FieldOptions, ask: Ask): Promise<Fields> {
  const certKey = await readText(options.keyFile ?? (await ask(keyFile)), 'The private key');
  if (!certKey.includes('ENCRYPTED')) return { certKey };
  return { certKey, passphrase: await readOrAsk(options.passphraseFile, passphrase, ask) };
}

async function askFields(flow: AuthFlow, options: FieldOptions, ask: Ask): Promise<Fields> {
  const app = {
    server: options.server ?? (await ask(server)),
    clientID: options.clientId ?? (await ask(clientId)),
  };
  if (flow === 'client_credentials') {
    const secret = await readOrAsk(options.clientSecretFile, clientSecret, ask);
    return { ...app, clientSecret: secret };
  }
  if (flow === 'jwt') {
    const sub = options.user ?? (await ask(user));
    return { ...app, user: sub, ...(await keyFields(options, ask)) };
  }
  throw new SetupError(
    'For the password flow write the JSON yourself and give it with --file. Salesforce ends that flow on 2027-02-20.',
  );
}

/**
 * The secret's JSON from options and answers, checked by the parser that the function uses.
 *
 * @throws SetupError or SalesforceConfigurationError naming what is missing or wrong, never a value.
 */
export async function collectSecret(
  flow: AuthFlow,
  options: FieldOptions,
  ask: Ask,
): Promise<string> {
  const json =
    options.file === undefined
      ? JSON.stringify(await askFields(flow, options, ask))
      : await readText(options.file, 'The secret');
  const credentials = parseCredentials(json, flow);
  if (flow === 'jwt') privateKeyOf(credentials);
  return json;
}
