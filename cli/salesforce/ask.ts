import { Writable } from 'node:stream';
import { readLine, type Terminal } from '../terminal.ts';
import { SetupError } from './errors.ts';

export interface Question {
  readonly text: string;
  /** The option that answers it without a terminal. */
  readonly option: string;
  /** What is typed is not shown. */
  readonly hidden?: boolean;
}

export type Ask = (question: Question) => Promise<string>;

const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

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
