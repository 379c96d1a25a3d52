import { localFunctionUrl } from './endpoint.ts';
import { NoStackError } from './errors.ts';
import { readJsonFile, writeJsonFile } from './files.ts';
import { paths } from './paths.ts';

/** `.local/stack.json`: addresses, outputs, and secrets of the running stack, for tools and tests. */
export interface Stack {
  readonly endpoint: string;
  readonly region: string;
  readonly stackName: string;
  /** Whether functions may do only what their roles allow. Our engine enforces it; another emulator may not. */
  readonly iamEnforced: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  /** A provider without a secret has no URL. */
  readonly functionUrls: {
    readonly github?: string | undefined;
    readonly twilio?: string | undefined;
    readonly apicall?: string | undefined;
  };
  readonly secrets: { readonly github: string; readonly twilio: string };
  readonly salesforce: { readonly url: string };
  /** The address of the console, with its token. `npm start` starts it. */
  readonly console?: string | undefined;
}

/** Where the engine serves the function URLs of a stack's outputs. */
export function functionUrlsOf(
  endpoint: string,
  outputs: Readonly<Record<string, string>>,
): Stack['functionUrls'] {
  const url = (key: string): string | undefined => localFunctionUrl(endpoint, outputs[key]);
  return {
    github: url('GitHubWebhookUrl'),
    twilio: url('TwilioWebhookUrl'),
    apicall: url('SalesforceApiCallUrl'),
  };
}

export const writeStack = (stack: Stack): Promise<void> => writeJsonFile(paths.stackFile, stack);

/** @throws StackError if the file is broken. */
export const readOptionalStack = (): Promise<Stack | undefined> =>
  readJsonFile(paths.stackFile, 'Write it anew with npm run local:up.');

/** @throws NoStackError if no stack runs in this clone; StackError if its file is broken. */
export async function readStack(): Promise<Stack> {
  const stack = await readOptionalStack();
  if (stack !== undefined) return stack;
  throw new NoStackError();
}
