import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { onTestFinished } from 'vitest';
import type { AwsClients } from '../../../cli/aws.ts';
import type { RunSf } from '../../../cli/salesforce/event-id-field/session.ts';
import { main } from '../../../cli/salesforce/program.ts';
import type { Prompt } from '../../../cli/terminal.ts';
import {
  createTransport,
  type Send,
} from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import { describedStack, mockAws, type Texts } from '../harness.ts';

export const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:salesforce-AbCdEf';

interface AwsState {
  readonly parameters?: Texts;
  readonly outputs?: Texts;
  /** The secret's value; undefined when it has none yet. */
  readonly secret?: string | undefined;
}

/** A stack and its secret. */
export function fakeAws({
  parameters = {},
  outputs = { SalesforceSecretArn: secretArn },
  secret,
}: AwsState = {}) {
  const aws = mockAws(describedStack(outputs, parameters));
  const { secretsManager } = aws;
  secretsManager.on(PutSecretValueCommand).resolves({ VersionId: 'version-2' });
  if (secret !== undefined)
    secretsManager.on(GetSecretValueCommand).resolves({ SecretString: secret });
  else
    secretsManager
      .on(GetSecretValueCommand)
      .rejects(new ResourceNotFoundException({ message: 'no value', $metadata: {} }));
  const written = (): string[] =>
    secretsManager
      .commandCalls(PutSecretValueCommand)
      .map(({ args }) => args[0].input.SecretString ?? '');
  return { ...aws, written };
}

interface RunOptions {
  readonly clients?: AwsClients;
  /** What the user types, by the prompt's message. Without it, there is no terminal. */
  readonly answers?: Texts;
  readonly send?: Send;
  /** What is piped in. */
  readonly input?: string;
  /** What the Salesforce CLI prints, by its arguments. Without it, the CLI is not installed. */
  readonly runSf?: RunSf;
}

const refuseAws = (): Promise<AwsClients> =>
  Promise.reject(new Error('this test must not call AWS'));

const withoutSf: RunSf = () =>
  Promise.reject(Object.assign(new Error('spawn sf ENOENT'), { code: 'ENOENT' }));

/** Runs a command line in this process. `output` is what it printed, to standard output and error. */
export async function run(
  args: readonly string[],
  { answers, clients, input = '', runSf = withoutSf, send = createTransport() }: RunOptions = {},
) {
  const lines: string[] = [];
  const prompts: Prompt[] = [];
  const answer = async (prompt: Prompt): Promise<string> => {
    prompts.push(prompt);
    const typed = answers?.[prompt.message];
    if (typed === undefined) throw new Error(`unexpected prompt: ${prompt.message}`);
    return typed;
  };
  const exitCode = await main(args, {
    print: (text) => lines.push(text),
    log: (text) => lines.push(text),
    prompt: answers === undefined ? undefined : answer,
    createClients: clients === undefined ? refuseAws : () => Promise.resolve(clients),
    send,
    readInput: () => Promise.resolve(input),
    runSf,
  });
  return { exitCode, output: lines.join('\n'), prompts };
}

export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'salesforce-setup-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Writes a file in a new folder. */
export async function makeFile(text: string, name = 'file'): Promise<string> {
  const file = join(await makeFolder(), name);
  await writeFile(file, text);
  return file;
}
