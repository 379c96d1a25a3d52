import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { main } from '../../../cli/dlq/program.ts';
import { CommandError } from '../../../functions/dlq-reprocessor/command.ts';
import { describedStack } from '../described-stack.ts';

export const FUNCTION = 'stack-dlq-reprocessor';

/** What Lambda answers: the function's answer, or the error that it threw. */
function answerOf(act: () => unknown) {
  try {
    return answered(JSON.stringify(act()));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return functionError({ errorType: error.name, errorMessage: error.message });
  }
}

export const answered = (text: string) => ({
  Payload: Object.assign(Uint8Array.from(Buffer.from(text)), { transformToString: () => text }),
});

export const functionError = (error: object) => ({
  FunctionError: 'Unhandled',
  ...answered(JSON.stringify(error)),
});

type Texts = Readonly<Record<string, string>>;

export type Answerer = (command: unknown) => unknown;

/** A stack with a reprocessor that answers as told. */
export function fakeAws(
  answer: Answerer,
  outputs: Texts = { DlqReprocessorFunctionName: FUNCTION },
) {
  const aws = {
    cloudFormation: new CloudFormationClient({ region: 'us-east-1' }),
    lambda: new LambdaClient({ region: 'us-east-1' }),
  };
  const cloudFormation = mockClient(aws.cloudFormation);
  const lambda = mockClient(aws.lambda);
  const stack = describedStack(outputs);
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
  lambda
    .on(InvokeCommand)
    .callsFake(async ({ Payload }: { Payload: string }) =>
      answerOf(() => answer(JSON.parse(Payload))),
    );
  return { aws, cloudFormation, lambda };
}

interface RunOptions {
  /** What the person says; absent - there is no terminal. */
  readonly says?: string;
  readonly stop?: AbortController;
}

/** Runs a command line in this process; answers what a person would see. */
export async function run(
  args: readonly string[],
  { aws }: Pick<ReturnType<typeof fakeAws>, 'aws'>,
  { says, stop = new AbortController() }: RunOptions = {},
) {
  const printed: string[] = [];
  const said: string[] = [];
  const asked: string[] = [];
  const slept: number[] = [];
  const ask = async (prompt: string): Promise<string> => {
    asked.push(prompt);
    return says ?? '';
  };
  const exitCode = await main(args, {
    print: (text) => printed.push(text),
    complain: (text) => said.push(text),
    progress: () => undefined,
    ask: says === undefined ? undefined : ask,
    connect: () => Promise.resolve(aws),
    stop: stop.signal,
    sleep: async (ms) => slept.push(ms),
  });
  return { exitCode, out: printed.join('\n'), said: said.join('\n'), asked, slept };
}
