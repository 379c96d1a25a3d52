import { createInterface } from 'node:readline/promises';
import { InterruptedError } from './errors.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** @throws InterruptedError on Ctrl-C and Ctrl-D. */
export async function readLine({ input, output }: Terminal, prompt: string): Promise<string> {
  const ended = new AbortController();
  const lines = createInterface({ input, output, terminal: true });
  lines.once('SIGINT', () => ended.abort());
  lines.once('close', () => ended.abort());
  try {
    return await lines.question(prompt, { signal: ended.signal });
  } catch (cause) {
    throw new InterruptedError('Interrupted: nothing was changed.', { cause });
  } finally {
    lines.close();
  }
}
