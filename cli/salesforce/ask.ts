import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { SetupError } from './errors.ts';

export interface Question {
  readonly text: string;
  /** The option that answers it without a terminal. */
  readonly option: string;
  /** What is typed is not shown. */
  readonly hidden?: boolean;
}

export type Ask = (question: Question) => Promise<string>;

interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

async function readLine({ input, output }: Terminal, prompt: string): Promise<string> {
  const ended = new AbortController();
  const lines = createInterface({ input, output, terminal: true });
  lines.once('SIGINT', () => ended.abort());
  lines.once('close', () => ended.abort());
  try {
    return await lines.question(prompt, { signal: ended.signal });
  } catch (cause) {
    throw new SetupError('Interrupted: nothing was written.', { cause });
  } finally {
    lines.close();
  }
}

/** The terminal repeats what is typed, so the prompt is written apart and the rest goes nowhere. */
async function readHidden({ input, output }: Terminal, prompt: string): Promise<string> {
  output.write(prompt);
  try {
    return await readLine({ input, output: silent() }, '');
  } finally {
    output.write('\n');
  }
}

/** Asks on the terminal; where there is none, the option has to say it. */
export function createAsk(terminal: Terminal): Ask {
  return async ({ text, option, hidden = false }) => {
    if (terminal.input.isTTY !== true) throw new SetupError(`${text} is missing: give ${option}.`);
    return (hidden ? readHidden : readLine)(terminal, `${text}: `);
  };
}
