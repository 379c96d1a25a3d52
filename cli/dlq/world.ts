import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { clientSettings, type StackChoice } from '../stack.ts';

/** What the commands need of AWS. */
export interface Aws {
  readonly cloudFormation: CloudFormationClient;
  readonly lambda: LambdaClient;
}

/** The world around the commands. */
export interface World {
  /** To standard output: what was asked for. */
  readonly print: (text: string) => void;
  /** To standard error: everything else. */
  readonly complain: (text: string) => void;
  /** Shows how far the work is, in place of what it showed before; only on a terminal. */
  readonly progress: (text: string) => void;
  /** Asks a person; undefined where there is none. */
  readonly ask: ((prompt: string) => Promise<string>) | undefined;
  readonly connect: (choice: StackChoice) => Promise<Aws>;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
  /** Ends early, without an error, when `stop` is aborted. */
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** A function may run for 15 minutes (Lambda quotas); an answer that takes longer does not come. */
const LONGEST_MS = 16 * 60_000;

/** Clients for the account that the shell is signed in to, or for the local stack. */
export async function connect(choice: StackChoice): Promise<Aws> {
  const settings = await clientSettings(choice);
  return {
    cloudFormation: new CloudFormationClient(settings),
    lambda: new LambdaClient({
      ...settings,
      // A second try of an invocation whose answer was lost would be a second slice.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: 5_000,
        requestTimeout: LONGEST_MS,
        throwOnRequestTimeout: true,
      },
    }),
  };
}
