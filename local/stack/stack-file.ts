import { readFile, writeFile } from 'node:fs/promises';
import { StackError } from './errors.ts';
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
}

export async function writeStack(stack: Stack): Promise<void> {
  await writeFile(paths.stackFile, `${JSON.stringify(stack, undefined, 2)}\n`, { mode: 0o600 });
}

/** @throws StackError if no stack runs in this clone. */
export async function readStack(): Promise<Stack> {
  const text = await readFile(paths.stackFile, 'utf8').catch((cause: unknown) => {
    throw new StackError('No stack is running. Start one with npm run local:up.', { cause });
  });
  return JSON.parse(text);
}
