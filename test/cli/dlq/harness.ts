import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { main } from '../../../cli/dlq/program.ts';
import type { Prompt } from '../../../cli/terminal.ts';
import { CommandError } from '../../../functions/dlq-reprocessor/command.ts';
import { describedStack, mockAws, type Texts } from '../harness.ts';

export const FUNCTION = 'stack-dlq-reprocessor';

/** Lambda's response: the function's report, or the error that it threw. */
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

export type Answerer = (command: unknown) => unknown;

/** A stack with a reprocessor. */
export function fakeAws(
  answer: Answerer,
  outputs: Texts = { DlqReprocessorFunctionName: FUNCTION },
) {
  const aws = mockAws(describedStack(outputs));
  aws.sts.on(GetCallerIdentityCommand).resolves({ Arn: 'arn:of:somebody' });
  aws.lambdaInvoker
    .on(InvokeCommand)
    .callsFake(async ({ Payload }: { Payload: string }) =>
      answerOf(() => answer(JSON.parse(Payload))),
    );
  return aws;
}

interface RunOptions {
  /** What the user types at each prompt, or at one after the other. Without it, there is no terminal. */
  readonly answer?: string | readonly string[];
  /** The terminal's width. Without it, output is piped. */
  readonly columns?: number;
  readonly stop?: AbortController;
}

/** Runs a command line in this process. */
export async function run(
  args: readonly string[],
  { clients }: ReturnType<typeof fakeAws>,
  { answer, columns, stop = new AbortController() }: RunOptions = {},
) {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const prompts: string[] = [];
  const slept: number[] = [];
  const prompt = async ({ message }: Prompt): Promise<string> => {
    prompts.push(message);
    return typeof answer === 'string' ? answer : (answer?.[prompts.length - 1] ?? '');
  };
  const exitCode = await main(args, {
    columns,
    print: (text) => stdout.push(text),
    log: (text) => stderr.push(text),
    showProgress: () => undefined,
    prompt: answer === undefined ? undefined : prompt,
    createClients: () => Promise.resolve(clients),
    stopSignal: stop.signal,
    sleep: async (ms) => slept.push(ms),
  });
  return { exitCode, stdout: stdout.join('\n'), stderr: stderr.join('\n'), prompts, slept };
}
