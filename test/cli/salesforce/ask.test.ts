import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createAsk } from '../../../cli/salesforce/ask.ts';

function terminal(isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = new PassThrough();
  const shown: string[] = [];
  output.on('data', (chunk) => shown.push(String(chunk)));
  return { input, ask: createAsk({ input, output }), shown: () => shown.join('') };
}

const question = { text: 'Consumer secret', option: '--client-secret-file' };

describe('a question on the terminal', () => {
  it('is answered by a line', async () => {
    const { ask, input, shown } = terminal(true);
    const answer = ask(question);
    input.write('typed\r');
    expect(await answer).toBe('typed');
    expect(shown()).toContain('Consumer secret: ');
  });

  it('that is secret does not show what is typed', async () => {
    const { ask, input, shown } = terminal(true);
    const answer = ask({ ...question, hidden: true });
    input.write('typed\r');
    expect(await answer).toBe('typed');
    expect(shown()).toBe('Consumer secret: \n');
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('ends the command on %s', async (_name, key) => {
    const { ask, input } = terminal(true);
    const answer = ask({ ...question, hidden: true });
    input.write(key);
    await expect(answer).rejects.toThrow('Interrupted');
  });

  it('where there is no terminal names the option', async () => {
    await expect(terminal(false).ask(question)).rejects.toThrow(
      'Consumer secret is missing: give --client-secret-file.',
    );
  });
});
