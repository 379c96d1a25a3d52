interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

/** Back to the line's begin, and erase it (ECMA-48). */
const ERASE = '\r\u001b[2K';

/** Of terminals that do not know how wide they are. */
const DEFAULT_COLUMNS = 80;

/** Results to one stream, everything else to the other; a progress line is erased before anything follows it. */
export function createOutput(out: Stream, err: Stream) {
  let isShown = false;
  const erase = (): void => {
    if (isShown) err.write(ERASE);
    isShown = false;
  };
  return {
    print: (text: string): void => {
      erase();
      out.write(`${text}\n`);
    },
    complain: (text: string): void => {
      erase();
      err.write(`${text}\n`);
    },
    progress: (text: string): void => {
      if (!err.isTTY) return;
      err.write(`${ERASE}${text.slice(0, (err.columns || DEFAULT_COLUMNS) - 1)}`);
      isShown = true;
    },
  };
}
