import { InterruptedError } from './errors.ts';

/** Output that is no terminal is wrapped to this many columns, so that it can be compared and grepped. */
export const COLUMNS = 100;

/** The width of terminals that do not report one. */
const DEFAULT_COLUMNS = 80;

/** Columns of a narrower terminal would have a word or less in a line. */
const MIN_COLUMNS = 40;

/** The width to which text for this output is wrapped. */
export const columnsOf = ({ columns, isTTY }: Pick<Output, 'columns' | 'isTTY'>): number =>
  isTTY ? Math.max(columns || DEFAULT_COLUMNS, MIN_COLUMNS) : COLUMNS;

/** Controls but line feeds and tabs, lone surrogates, and what reorders text: a terminal would obey it, or hide it. */
const INVISIBLE =
  /[^\P{Cc}\n\t]|[\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const escaped = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** Makes the characters of text from outside visible that are not: as JSON escapes them, so that JSON keeps its values. */
export const makeVisible = (text: string, show = escaped): string =>
  text.replaceAll(INVISIBLE, show);

/** Carriage return, then erase the line (ECMA-48). */
const ERASE_LINE = '\r\u001b[2K';

interface Input extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
}

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

export interface Prompt {
  readonly message: string;
  /** What the user types is not shown. */
  readonly isSecret?: boolean;
}

/** The terminal, as the commands see it. */
export interface Terminal {
  /** Writes a line of the result to standard output. */
  readonly print: (text: string) => void;
  /** The width of standard output; none when it is not a terminal. */
  readonly columns?: number | undefined;
  /** Writes a line of anything else to standard error. */
  readonly log: (text: string) => void;
  /** Replaces the progress line. Does nothing when standard error is not a terminal. */
  readonly showProgress: (text: string) => void;
  /**
   * Asks the user, on standard error; undefined unless that and standard input are a terminal.
   *
   * @throws InterruptedError on Ctrl-C and Ctrl-D.
   */
  readonly prompt: ((prompt: Prompt) => Promise<string>) | undefined;
}

interface Streams {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output & NodeJS.WritableStream;
}

async function promptOn(stdin: Input, output: NodeJS.WritableStream, prompt: Prompt) {
  const { message, isSecret = false } = prompt;
  const { default: ask } = isSecret
    ? await import('@inquirer/password')
    : await import('@inquirer/input');
  const closed = new AbortController();
  // Ctrl-D closes the prompt's readline interface, which pauses its input; the prompt itself would wait forever.
  const abort = (): void => closed.abort();
  stdin.once('pause', abort);
  const context = { input: stdin, output, signal: closed.signal };
  try {
    // `toggleMask` would let Ctrl-T show the secret.
    return await ask({ message, ...(isSecret && { toggleMask: false }) }, context);
  } catch (cause) {
    throw new InterruptedError('Interrupted.', { cause });
  } finally {
    stdin.removeListener('pause', abort);
  }
}

/**
 * Results go to standard output, everything else to standard error; a progress line is erased before other output. What is printed
 * can be anybody's text: invisible characters are shown as JSON escapes them.
 */
export function createTerminal({ stdin, stdout, stderr }: Streams): Terminal {
  let hasProgress = false;
  const eraseProgress = (): void => {
    if (hasProgress) stderr.write(ERASE_LINE);
    hasProgress = false;
  };
  return {
    columns: stdout.isTTY ? columnsOf(stdout) : undefined,
    print: (text) => {
      eraseProgress();
      stdout.write(`${makeVisible(text)}\n`);
    },
    log: (text) => {
      eraseProgress();
      stderr.write(`${makeVisible(text)}\n`);
    },
    showProgress: (text) => {
      if (!stderr.isTTY) return;
      stderr.write(`${ERASE_LINE}${makeVisible(text).slice(0, columnsOf(stderr) - 1)}`);
      hasProgress = true;
    },
    prompt: stdin.isTTY && stderr.isTTY ? (prompt) => promptOn(stdin, stderr, prompt) : undefined,
  };
}
