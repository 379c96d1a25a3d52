import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import type { Ask, Question } from '../../../cli/salesforce/ask.ts';
import { SetupError } from '../../../cli/salesforce/errors.ts';
import { main } from '../../../cli/salesforce/program.ts';
import type { Aws } from '../../../cli/salesforce/stack.ts';
import {
  createTransport,
  type Send,
} from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import { describedStack } from '../described-stack.ts';

export const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:salesforce-AbCdEf';

type Texts = Readonly<Record<string, string>>;

interface AwsState {
  readonly parameters?: Texts;
  readonly outputs?: Texts;
  /** The secret's value; undefined - none yet. */
  readonly secret?: string | undefined;
}

/** A stack and its secret, as CloudFormation and Secrets Manager tell of them. */
export function fakeAws({
  parameters = {},
  outputs = { SalesforceSecretArn: secretArn },
  secret,
}: AwsState = {}) {
  const aws: Aws = {
    cloudFormation: new CloudFormationClient({ region: 'us-east-1' }),
    secretsManager: new SecretsManagerClient({ region: 'us-east-1' }),
  };
  const cloudFormation = mockClient(aws.cloudFormation);
  const secretsManager = mockClient(aws.secretsManager);
  const stack = describedStack(outputs, parameters);
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
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
  return { aws, cloudFormation, secretsManager, written };
}

interface RunOptions {
  readonly aws?: Aws;
  /** Answers by the question's option. */
  readonly answers?: Texts;
  readonly send?: Send;
}

const refuseAws = (): Promise<Aws> => Promise.reject(new Error('AWS is not for this test'));

/** Runs a command line in this process; answers what a person would see. */
export async function run(
  args: readonly string[],
  { aws, answers = {}, send = createTransport() }: RunOptions = {},
) {
  const printed: string[] = [];
  const asked: Question[] = [];
  const ask: Ask = async (question) => {
    asked.push(question);
    const answer = answers[question.option];
    if (answer === undefined) throw new SetupError(`No answer for ${question.option}`);
    return answer;
  };
  const exitCode = await main(args, {
    print: (text) => printed.push(text),
    complain: (text) => printed.push(text),
    ask,
    connect: aws === undefined ? refuseAws : () => Promise.resolve(aws),
    send,
  });
  return { exitCode, output: printed.join('\n'), asked };
}

export const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'salesforce-setup-'));

/** A file of the given text in a folder of its own. */
export async function makeFile(text: string, name = 'file'): Promise<string> {
  const file = join(await makeFolder(), name);
  await writeFile(file, text);
  return file;
}
