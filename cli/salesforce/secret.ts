import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { SalesforceConfigurationError } from '../../functions/salesforce-apicall/errors.ts';
import {
  type AuthFlow,
  parseCredentials,
  privateKeyOf,
} from '../../functions/salesforce-apicall/salesforce/credentials.ts';
import type { AwsClients, AwsErrorHandler } from '../aws.ts';
import { isErrorNamed, UsageError } from '../errors.ts';
import { readTextFile } from '../files.ts';
import type { Terminal } from '../terminal.ts';

/** The options of `secret`, as commander names them. Secret values are read from files only, never from options. */
export interface FieldOptions {
  /** The complete secret as JSON, instead of fields. */
  readonly file?: string;
  readonly server?: string;
  readonly clientId?: string;
  readonly user?: string;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
  readonly clientSecretFile?: string;
}

type Fields = Readonly<Record<string, string>>;
type Prompt = Terminal['prompt'];

/** A field of the secret that the user is prompted for when its option is missing. */
interface Field {
  readonly label: string;
  readonly option: string;
  readonly isSecret?: boolean;
}

const server: Field = { label: 'My Domain URL (https://…)', option: '--server' };
const clientId: Field = { label: 'Consumer key of the app', option: '--client-id' };
const user: Field = { label: 'Username of the integration user', option: '--user' };
const keyFile: Field = { label: 'Path of the private key', option: '--key-file' };
const passphrase: Field = {
  label: 'Passphrase of the private key',
  option: '--passphrase-file',
  isSecret: true,
};
const clientSecret: Field = {
  label: 'Consumer secret of the app',
  option: '--client-secret-file',
  isSecret: true,
};

async function promptFor({ label, option, isSecret = false }: Field, prompt: Prompt) {
  if (prompt !== undefined) return prompt({ message: `${label}:`, isSecret });
  throw new UsageError(`${label} is missing: pass ${option}.`);
}

async function readOrPrompt(file: string | undefined, field: Field, prompt: Prompt) {
  if (file === undefined) return promptFor(field, prompt);
  return (await readTextFile(file)).replace(/\r?\n$/, '');
}

async function keyFields(options: FieldOptions, prompt: Prompt): Promise<Fields> {
  const certKey = await readTextFile(options.keyFile ?? (await promptFor(keyFile, prompt)));
  if (!certKey.includes('ENCRYPTED')) return { certKey };
  return { certKey, passphrase: await readOrPrompt(options.passphraseFile, passphrase, prompt) };
}

async function collectFields(
  flow: AuthFlow,
  options: FieldOptions,
  prompt: Prompt,
): Promise<Fields> {
  const app = {
    server: options.server ?? (await promptFor(server, prompt)),
    clientID: options.clientId ?? (await promptFor(clientId, prompt)),
  };
  if (flow === 'client_credentials') {
    const secret = await readOrPrompt(options.clientSecretFile, clientSecret, prompt);
    return { ...app, clientSecret: secret };
  }
  if (flow === 'jwt') {
    const username = options.user ?? (await promptFor(user, prompt));
    return { ...app, user: username, ...(await keyFields(options, prompt)) };
  }
  throw new UsageError(
    'For the password flow, write the JSON yourself and pass it with --file. Salesforce ends that flow on 2027-02-20.',
  );
}

/** Validates a secret with the function's own parser. @throws UsageError naming what is wrong, never a value */
function requireValid(json: string, flow: AuthFlow): void {
  try {
    const credentials = parseCredentials(json, flow);
    if (flow === 'jwt') privateKeyOf(credentials);
  } catch (error) {
    if (!(error instanceof SalesforceConfigurationError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

/**
 * Builds the secret's JSON from options and prompts.
 *
 * @throws UsageError naming what is missing or invalid, never a value.
 */
export async function collectSecret(
  flow: AuthFlow,
  options: FieldOptions,
  prompt: Prompt,
): Promise<string> {
  const json =
    options.file === undefined
      ? JSON.stringify(await collectFields(flow, options, prompt))
      : await readTextFile(options.file);
  requireValid(json, flow);
  return json;
}

/** Writes the secret's value; the previous one stays as AWSPREVIOUS. @returns the new version's id */
export async function writeSecret(
  { secretsManager }: AwsClients,
  secretArn: string,
  json: string,
  onAwsError: AwsErrorHandler,
): Promise<string> {
  const command = new PutSecretValueCommand({ SecretId: secretArn, SecretString: json });
  const { VersionId = '' } = await secretsManager.send(command).catch(onAwsError);
  return VersionId;
}

/** @throws UsageError when the secret has no value yet. */
export async function readSecret(
  { secretsManager }: AwsClients,
  secretArn: string,
  onAwsError: AwsErrorHandler,
): Promise<string> {
  const command = new GetSecretValueCommand({ SecretId: secretArn });
  const { SecretString } = await secretsManager.send(command).catch((error: unknown) => {
    if (!isErrorNamed(error, 'ResourceNotFoundException')) return onAwsError(error);
    return { SecretString: undefined };
  });
  if (SecretString !== undefined) return SecretString;
  throw new UsageError('The secret has no value yet.', {
    remedy: 'Write one: npm run salesforce -- secret',
  });
}
