import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, createTerminal } from '../../cli/terminal.ts';

function terminal({
  isTTY = true,
  columns = 80,
  isShown = isTTY,
}: {
  isTTY?: boolean;
  columns?: number;
  isShown?: boolean;
} = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY: isShown, columns });
  const written: string[] = [];
  const write = (text: unknown) => written.push(String(text));
  stderr.on('data', write);
  const { prompt, ...output } = createTerminal({ stdin, stdout: { write }, stderr });
  const ask = (isSecret = false) => {
    if (prompt === undefined) throw new Error('there is no prompt');
    return prompt({ message: 'Consumer secret:', isSecret });
  };
  /** Types once the prompt is shown. */
  const type = async (text: string): Promise<void> => {
    await expect.poll(() => written.join('')).toContain('Consumer secret:');
    stdin.write(text);
  };
  return { ask, type, prompt, ...output, written, shown: () => written.join('') };
}

describe('prompt', () => {
  it('resolves to the line that was typed', async () => {
    const { ask, shown, type } = terminal();
    const answer = ask();
    await type('typed\r');
    expect(await answer).toBe('typed');
    expect(shown()).toContain('typed');
  });

  it('never shows a secret', async () => {
    const { ask, shown, type } = terminal();
    const answer = ask(true);
    await type('typed');
    await type('\u0014');
    await type('\r');
    expect(await answer).toBe('typed');
    expect(shown()).not.toContain('typed');
    expect(shown()).not.toContain('*****');
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('ends the command on %s', async (_name, key) => {
    const { ask, type } = terminal();
    const answer = expect(ask(true)).rejects.toThrow('Interrupted');
    await type(key);
    await answer;
  });

  it('is undefined when standard input is not a terminal', () => {
    expect(terminal({ isTTY: false }).prompt).toBeUndefined();
  });

  it('is undefined when nobody would see it, because standard error is a file', () => {
    expect(terminal({ isShown: false }).prompt).toBeUndefined();
  });
});

describe('showProgress', () => {
  it('replaces its line, and erases it before other output', () => {
    const { log, print, showProgress, written } = terminal({ columns: 41 });
    showProgress(`apicall: ${'5'.repeat(40)} redriven`);
    log('Stopping');
    print('done');
    expect(written).toEqual([
      `\r\u001b[2Kapicall: ${'5'.repeat(31)}`,
      '\r\u001b[2K',
      'Stopping\n',
      'done\n',
    ]);
  });

  it('writes the whole text on a terminal of unknown width', () => {
    const { showProgress, written } = terminal({ columns: 0 });
    showProgress('apicall: 500 redriven');
    expect(written).toEqual(['\r\u001b[2Kapicall: 500 redriven']);
  });

  it('writes nothing when standard error is not a terminal', () => {
    const { showProgress, written } = terminal({ isTTY: false });
    showProgress('apicall: 500 redriven');
    expect(written).toEqual([]);
  });
});

describe('what is printed', () => {
  const OBEYED = /[\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[^\P{Cc}\n\t]/u;

  it('has no character that a terminal obeys, or that hides others', () => {
    const { print: printEvent, shown: shownEvent } = terminal();
    printEvent('\u001b[2J\u009b31m\rinvoice\u202efdp.exe\u2066\u200f');
    expect(shownEvent()).toBe('\\u001b[2J\\u009b31m\\u000dinvoice\\u202efdp.exe\\u2066\\u200f\n');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { log, print, shown } = terminal();
        print(text);
        log(text);
        expect(shown()).not.toMatch(OBEYED);
      }),
    );
    const { showProgress, written } = terminal();
    showProgress('\u001b[31m5 redriven');
    expect(written).toEqual(['\r\u001b[2K\\u001b[31m5 redriven']);
  });

  it('keeps the values of JSON, and text in other scripts', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const { print, shown } = terminal();
        print(JSON.stringify(value, undefined, 2));
        expect(JSON.parse(shown())).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    const { print, shown } = terminal();
    print('a\n\tשלום 👩‍💻 日本語');
    expect(shown()).toBe('a\n\tשלום 👩‍💻 日本語\n');
  });
});

describe('columnsOf', () => {
  it.each([
    ['that of the terminal', { isTTY: true, columns: 72 }, 72],
    ['80 for a terminal that reports none', { isTTY: true, columns: 0 }, 80],
    ['enough for a few words', { isTTY: true, columns: 3 }, 40],
    ['100 in a pipe, whatever the terminal has', { isTTY: false, columns: 72 }, 100],
    ['100 for a file', {}, 100],
  ])('is %s', (_, output, columns) => expect(columnsOf(output)).toBe(columns));
});
