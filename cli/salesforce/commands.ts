import { readEnabledMappings } from '../../build/mappings/enabled.ts';
import type { Mapping } from '../../functions/salesforce-apicall/mapping/definition.ts';
import type { AuthFlow } from '../../functions/salesforce-apicall/salesforce/credentials.ts';
import type { Send } from '../../functions/salesforce-apicall/salesforce/transport.ts';
import type { CreateClients } from '../aws.ts';
import { readTextFile } from '../files.ts';
import { toJson } from '../format.ts';
import type { StackOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import { checkOrg } from './check/check.ts';
import type { RunSf } from './event-id-field/session.ts';
import { createKeys, type KeyOptions } from './keys.ts';
import { collectSecret, type FieldOptions, readSecret, writeSecret } from './secret.ts';
import { type SettingOptions, type Settings, settingsFrom } from './settings.ts';
import { findStack, handleAwsError } from './stack.ts';
import { formatResults } from './steps.ts';

export interface Dependencies extends Pick<Terminal, 'print' | 'log' | 'prompt'> {
  readonly createClients: CreateClients;
  readonly send: Send;
  /** Everything that is piped in. */
  readonly readInput: () => Promise<string>;
  readonly runSf: RunSf;
}

/** The options of `secret`, as commander names them. */
export interface SecretOptions extends StackOptions, FieldOptions {
  readonly json?: boolean;
  readonly flow?: AuthFlow;
}

/** The options of `check`, as commander names them. */
export interface CheckOptions extends StackOptions, SettingOptions {
  readonly secretFile?: string;
  readonly certificate?: string;
  readonly json?: boolean;
}

/** `keys`: creates the files and prints what each is for. */
export async function runKeys(options: KeyOptions, { print }: Dependencies): Promise<void> {
  const { certificateFile, expires, keyFile } = await createKeys(options);
  if (options.json)
    return print(toJson('salesforce keys', true, { keyFile, certificateFile, expires }));
  print(
    [
      `Private key: ${keyFile} (keep it secret; npm run salesforce -- secret stores it)`,
      `Certificate: ${certificateFile} (upload it to the External Client App)`,
      `The certificate expires on ${expires.toISOString().slice(0, 10)}: replace both before.`,
      `Next: npm run salesforce -- secret --key-file ${keyFile}`,
    ].join('\n'),
  );
}

/** `secret`: prompts for fields without an option, validates the secret and writes it. */
export async function runSecret(options: SecretOptions, dependencies: Dependencies): Promise<void> {
  const { print, prompt } = dependencies;
  const clients = await dependencies.createClients(options);
  const { parameters, secretArn } = await findStack(clients, options);
  const deployedFlow = settingsFrom({}, parameters).flow;
  const flow = options.flow ?? deployedFlow;
  const json = await collectSecret(flow, options, prompt);
  const version = await writeSecret(clients, secretArn, json, handleAwsError);
  const fields = Object.keys(JSON.parse(json));
  if (options.json)
    return print(
      toJson('salesforce secret', true, { secretArn, version, fields, flow, deployedFlow }),
    );
  print(`Written: ${fields.join(', ')}`);
  print(`To: ${secretArn}, version ${version}. The previous version, if any, is AWSPREVIOUS.`);
  if (flow !== deployedFlow)
    print(`The stack uses the flow ${deployedFlow}: deploy it with AuthFlow=${flow}.`);
  if (options.local) print('The next npm run local:up overwrites this secret.');
  print(`Next: npm run salesforce -- check${options.local ? ' --local' : ''}`);
}

interface SecretSource {
  readonly origin: string;
  readonly settings: Settings;
  readonly readMappings: () => Promise<readonly Mapping[]>;
  readonly readSecret: () => Promise<string>;
}

async function secretSource(
  options: CheckOptions,
  { createClients }: Dependencies,
): Promise<SecretSource> {
  const { secretFile } = options;
  if (secretFile !== undefined) {
    const settings = settingsFrom(options, {});
    return {
      origin: secretFile,
      settings,
      readMappings: async () => [],
      readSecret: () => readTextFile(secretFile),
    };
  }
  const clients = await createClients(options);
  const { parameters, secretArn } = await findStack(clients, options);
  const settings = settingsFrom(options, parameters);
  const read = () => readSecret(clients, secretArn, handleAwsError);
  return {
    origin: secretArn,
    settings,
    readMappings: () => readEnabledMappings(parameters, '.'),
    readSecret: read,
  };
}

/** `check`: prints the result of each step. @returns whether all steps passed */
export async function runCheck(
  options: CheckOptions,
  dependencies: Dependencies,
): Promise<boolean> {
  const { print, send } = dependencies;
  const certificate = options.certificate && (await readTextFile(options.certificate));
  const source = await secretSource(options, dependencies);
  const results = await checkOrg({ ...source, certificate, send });
  const ok = results.every(({ status }) => status === 'ok' || status === 'warning');
  const summary = ok ? 'Salesforce is ready.' : 'Salesforce is not ready.';
  const text = `${formatResults(results)}\n${summary}`;
  print(options.json ? toJson('salesforce check', ok, { checks: results }) : text);
  return ok;
}
