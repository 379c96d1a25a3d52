import type { Pause } from '../functions/common/pause.ts';
import { MAX_TEXT_LENGTH, sanitizeText } from './format.ts';

export const RESUME = 'npm run salesforce -- resume';

/** A pause as operators read it: `since …, until … (reason)`. */
export const describePause = ({ since, until, reason }: Pause): string =>
  `since ${since.toISOString()}, until ${until.toISOString()}${
    reason === undefined ? '' : ` (${sanitizeText(reason, MAX_TEXT_LENGTH)})`
  }`;

/** The messages of a queue, by SQS's approximate counts, whether or not they can be received at the moment. */
export const countMessages = (attributes: Readonly<Record<string, string>>): number =>
  ['', 'NotVisible', 'Delayed']
    .map((state) => Number(attributes[`ApproximateNumberOfMessages${state}`] ?? 0))
    .reduce((sum, count) => sum + count, 0);
