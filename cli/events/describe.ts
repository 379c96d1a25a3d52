import { MAX_TEXT_LENGTH, sanitizeText } from '../format.ts';
import { hopsOfLine } from './hops/hops.ts';
import { textIn } from './links.ts';
import { type LogLine, type LogText, toLine } from './logs.ts';

/** Of an invocation, whatever it does; those of functions that log in JSON have members of their own. */
const LAMBDA = /^(START|END|REPORT|INIT_START) |^\{"time":"[^"]*","type":"platform\./;

/** Metrics of a line that the log level leaves out. */
const METRICS = /^\{.*"_aws":/;

/** They count what lines of their own tell. */
const counts: readonly string[] = [
  'batch processed',
  'command executed',
  'mapping applied',
  'messages parked',
  'page processed',
  'queue reprocessed',
  'requests failed',
];

const standard: readonly string[] = ['level', 'message', 'timestamp', 'service', '_aws'];

/** `eventId` where the line has one: what to pass to `npm run events -- show`. */
const idOf = (line: LogLine): string =>
  ['eventId', 'delivery', 'messageId', 'requestId']
    .map((name) => textIn(line, name))
    .find((id) => id !== undefined) ?? '';

function wordsOf(line: LogLine): string | undefined {
  // `show` tells how long a message waited: here, the time of each line does.
  const hops = hopsOfLine(line).filter(
    ({ kind, fields }) => !(kind === 'queued' && 'queuedMs' in fields),
  );
  if (hops.length > 0) return [...hops.map(({ text }) => text), idOf(line)].join('  ');
  const message = textIn(line, 'message') ?? '';
  if (counts.includes(message) && textIn(line, 'level') === 'INFO') return undefined;
  const fields = Object.entries(line.fields).filter(([name]) => !standard.includes(name));
  return `${message}  ${fields.length > 0 ? JSON.stringify(Object.fromEntries(fields)) : ''}`;
}

/** Warnings stand out. */
const markOf = (line: LogLine): string =>
  ['WARN', 'ERROR'].includes(textIn(line, 'level') ?? '') ? '! ' : '  ';

/**
 * A log line as people read it, on one line; `undefined` for one of Lambda's own about an invocation, and for one that only counts
 * what others tell. What is none of the functions' lines, such as the stack trace of a crash, is unchanged.
 */
export function describeText(text: LogText): string | undefined {
  const line = toLine(text);
  if (line === undefined)
    return LAMBDA.test(text.text) || METRICS.test(text.text) ? undefined : text.text;
  const words = wordsOf(line);
  if (words === undefined) return undefined;
  const place = line.logicalId.replace(/Function$/, '').padEnd(17);
  const rest = sanitizeText(words.trimEnd(), MAX_TEXT_LENGTH);
  return `${markOf(line)}${line.at.slice(11, 23)}Z  ${place}  ${rest}`;
}
