import type { AuthFlow } from '../../functions/salesforce-apicall/salesforce/credentials.ts';
import type { StackChoice } from '../stack.ts';
import { check } from './check/check.ts';
import { describeResults, isPassed } from './check/report.ts';
import { collectSecret, type FieldOptions } from './fields.ts';
import { readText } from './files.ts';
import { type KeyOptions, makeKeys } from './keys.ts';
import { readSecret, writeSecret } from './secret.ts';
import { type SettingOptions, type Settings, settingsOf } from './settings.ts';
import { findStack } from './stack.ts';
import type { World } from './world.ts';

/** The options of `secret`, as commander names them. */
export interface SecretArguments extends StackChoice, FieldOptions {
  readonly flow?: AuthFlow;
}

/** The options of `check`, as commander names them. */
export interface CheckArguments extends StackChoice, SettingOptions {
  readonly secretFile?: string;
  readonly certificate?: string;
  readonly json?: boolean;
}

/** `keys`: makes the files and says what each is for. */
export async function runKeys(options: KeyOptions, { print }: World): Promise<void> {
  const { certificateFile, expires, keyFile } = await makeKeys(options);
  print(
    [
      `Private key: ${keyFile} (keep it; the secret needs it)`,
      `Certificate: ${certificateFile} (upload it to the External Client App)`,
      `The certificate expires on ${expires.toISOString().slice(0, 10)}: change both before.`,
      `Next: npm run salesforce -- secret --key-file ${keyFile}`,
    ].join('\n'),
  );
}

/** `secret`: asks what options do not say, checks it, writes it. */
export async function runSecret(args: SecretArguments, world: World): Promise<void> {
  const aws = await world.connect(args);
  const stack = await findStack(aws, args);
  const deployed = settingsOf({}, stack.parameters).flow;
  const flow = args.flow ?? deployed;
  const json = await collectSecret(flow, args, world.ask);
  const version = await writeSecret(aws, stack.secretArn, json);
  world.print(`Written: ${Object.keys(JSON.parse(json)).join(', ')}`);
  world.print(
    `To: ${stack.secretArn}, version ${version}; the one before, if any, is AWSPREVIOUS.`,
  );
  if (flow !== deployed)
    world.print(`The stack logs in by ${deployed}: deploy it with AuthFlow=${flow}.`);
  if (args.local) world.print('npm run local:up writes its own secret again.');
  world.print(`Next: npm run salesforce -- check${args.local ? ' --local' : ''}`);
}

interface Source {
  readonly origin: string;
  readonly settings: Settings;
  readonly readSecret: () => Promise<string>;
}

async function sourceOf(args: CheckArguments, { connect }: World): Promise<Source> {
  const { secretFile } = args;
  if (secretFile !== undefined) {
    const settings = settingsOf(args, {});
    return { origin: secretFile, settings, readSecret: () => readText(secretFile, 'The secret') };
  }
  const aws = await connect(args);
  const { parameters, secretArn } = await findStack(aws, args);
  const settings = settingsOf(args, parameters);
  return { origin: secretArn, settings, readSecret: () => readSecret(aws, secretArn) };
}

/** `check`: prints the results; answers whether all is well. */
export async function runCheck(args: CheckArguments, world: World): Promise<boolean> {
  const certificate =
    args.certificate === undefined
      ? undefined
      : await readText(args.certificate, 'The certificate');
  const results = await check({ ...(await sourceOf(args, world)), certificate, send: world.send });
  const ok = isPassed(results);
  world.print(
    args.json
      ? JSON.stringify({ ok, checks: results }, undefined, 2)
      : `${describeResults(results)}\n${ok ? 'Salesforce is ready.' : 'Salesforce is not ready.'}`,
  );
  return ok;
}
