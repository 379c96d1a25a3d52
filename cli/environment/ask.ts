import { CliError, InterruptedError } from '../errors.ts';
import type { Prompt, Terminal } from '../terminal.ts';

/** Asks on a terminal. */
export interface Asking extends Pick<Terminal, 'log'> {
  readonly prompt: (prompt: Prompt) => Promise<string>;
}

export interface Question<Answer> {
  readonly message: string;
  /** What Enter means, shown in brackets. */
  readonly preset?: string;
  readonly isSecret?: boolean;
  /** @throws CliError when the answer is wrong: the question is asked again. InterruptedError ends the command. */
  readonly parse: (text: string) => Answer | Promise<Answer>;
}

async function parseAnswer<Answer>(
  text: string,
  { parse }: Question<Answer>,
  { log }: Asking,
): Promise<{ answer: Answer } | undefined> {
  try {
    return { answer: await parse(text) };
  } catch (error) {
    if (!(error instanceof CliError) || error instanceof InterruptedError) throw error;
    log(`  ${error.message}`);
    return undefined;
  }
}

/** Asks until the answer is right. @throws InterruptedError on Ctrl-C */
export async function ask<Answer>(asking: Asking, question: Question<Answer>): Promise<Answer> {
  const { isSecret = false, message, preset } = question;
  const shown = preset === undefined ? message : `${message} [${preset}]`;
  for (;;) {
    const given = await asking.prompt({ message: shown, isSecret });
    const text = (isSecret ? given : given.trim()) || (preset ?? '');
    const parsed = await parseAnswer(text, question, asking);
    if (parsed !== undefined) return parsed.answer;
  }
}

/** Asks a question that has two answers. @param preset what Enter means */
export const askYesNo = (
  asking: Asking,
  message: string,
  preset: 'yes' | 'no' = 'no',
): Promise<boolean> =>
  ask(asking, {
    message: `${message} ${preset === 'yes' ? '[Y/n]' : '[y/N]'}`,
    parse: (text) => {
      const answer = text.toLowerCase() || preset;
      if (['y', 'yes'].includes(answer)) return true;
      if (['n', 'no'].includes(answer)) return false;
      throw new CliError('Answer y or n.');
    },
  });
