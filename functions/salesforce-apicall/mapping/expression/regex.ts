import type { RE2JS } from 're2js';
import { LimitError } from '../errors.ts';
import { REGEX_STEPS } from './limits.ts';

type Re2 = typeof RE2JS;

/** What JSONata reads of a match. */
interface Match extends ReadonlyArray<string | undefined> {
  readonly index: number;
}

interface RegexSource {
  readonly source: string;
  readonly flags: string;
}

/**
 * Compiles a regular expression for RE2, which takes linear time.
 *
 * @throws Error of re2js naming what RE2 lacks, such as look-ahead and back-references.
 */
export function compileRegex(re2: Re2, { source, flags }: RegexSource): RE2JS {
  const insensitive = flags.includes('i') ? re2.CASE_INSENSITIVE : 0;
  const multiline = flags.includes('m') ? re2.MULTILINE : 0;
  return re2.compile(re2.translateRegExp(source), insensitive | multiline);
}

/**
 * The `RegexEngine` of JSONata. JSONata asks for one match after another without looking at the clock, so each search does.
 *
 * @param requireTime throws when the evaluation's time is over.
 */
export function createRegexEngine(re2: Re2, requireTime: () => void): RegExpConstructor {
  class Re2Regex {
    lastIndex = 0;
    readonly #regex: RE2JS;

    constructor(regex: RegexSource) {
      this.#regex = compileRegex(re2, regex);
    }

    exec(text: string): Match | null {
      requireTime();
      if (this.#regex.programSize() * text.length > REGEX_STEPS)
        throw new LimitError(
          'uses a regular expression too large for a text this long: shorten the text with $substring',
        );
      const matcher = this.#regex.matcher(text);
      if (!matcher.find(this.lastIndex)) return null;
      const length = matcher.groupCount() + 1;
      const groups = Array.from({ length }, (_, index) => matcher.group(index) ?? undefined);
      this.lastIndex = matcher.end();
      return Object.assign(groups, { index: matcher.start() });
    }
  }
  return Object(Re2Regex);
}
