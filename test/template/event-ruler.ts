import { execa } from 'execa';
import { afterAll } from 'vitest';
import { venvBin } from '../../local/stack/python.ts';
import { ruler } from '../tools.ts';

interface Question {
  readonly pattern: unknown;
  readonly event: unknown;
}

/**
 * Starts AWS's own event pattern matcher for the tests of one file.
 *
 * @returns a function that tells for each question whether the pattern matches the event. It rejects with the
 * matcher's own error where a pattern is invalid.
 */
export function startMatcher(): (questions: readonly Question[]) => Promise<boolean[]> {
  const matcher = execa(venvBin(ruler.venv, 'python'), [ruler.script('match.py'), ruler.jars]);
  const answers = matcher.iterable();
  afterAll(async () => {
    matcher.stdin.end();
    await matcher;
  });
  return async (questions) => {
    for (const { event, pattern } of questions) {
      const texts = { event: JSON.stringify(event), pattern: JSON.stringify(pattern) };
      matcher.stdin.write(`${JSON.stringify(texts)}\n`);
    }
    const matches: boolean[] = [];
    for (const _ of questions) {
      const { value, done } = await answers.next();
      if (done) throw new Error('The event pattern matcher ended before it had answered');
      matches.push(value === 'true');
    }
    return matches;
  };
}
