import { parseJsonObject } from '../../../functions/common/json.ts';
import type { Envelope } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import type { Evaluated } from '../../../functions/dlq-reprocessor/evaluate.ts';
import { wrapLines } from '../../layout.ts';
import type { FoundFailure } from '../failures/find.ts';
import { indentJson } from './text.ts';

type Fact = readonly [name: string, text: string | undefined];

const LABEL_WIDTH = 14;

const formatFacts = (facts: readonly Fact[], columns: number): string[] =>
  facts.flatMap(([name, text]) =>
    text === undefined ? [] : wrapLines(text, name.padEnd(LABEL_WIDTH), columns),
  );

const texts = (...parts: readonly (string | number | undefined)[]): string | undefined =>
  parts.filter((part) => part !== undefined && part !== '').join(' ') || undefined;

/** The event or request inside a message: the text that a redrive sends, where that is not the body. */
function contentOf(envelope: Envelope): string | undefined {
  if (envelope.kind === 'rule') return envelope.event;
  if (envelope.kind === 'request') return envelope.body;
  return envelope.kind === 'entry' ? envelope.entry.Detail : undefined;
}

/** What the attribute `Failure` says of attempts and times. */
function formatAttempts({ facts, message }: Evaluated): string | undefined {
  const { Failure } = message.attributes;
  const { firstAt, lastAt, notBefore } = parseJsonObject(Failure?.StringValue ?? '') ?? {};
  const { attempts } = facts;
  if (attempts === undefined && lastAt === undefined) return undefined;
  return texts(
    String(attempts ?? 'unknown'),
    firstAt === undefined ? '' : `from ${firstAt}`,
    lastAt === undefined ? '' : `to ${lastAt}`,
    notBefore === undefined ? '' : `(none before ${notBefore})`,
  );
}

function historyOf({ detail, evaluated }: FoundFailure): Fact[] {
  const { message, envelope, facts } = evaluated;
  const { parked } = message;
  const { lastAt, messageId, redrives } = envelope.history;
  // The record of one that was dropped in its queue has the time of the drop as that of its parking.
  const wasParked = parked && parked.at.getTime() !== parked.dropped?.at.getTime();
  return [
    ['sent', detail.sentAt],
    ['failed with', texts(detail.failureClass, detail.errorCode)],
    ['error', detail.message],
    ['attempts', formatAttempts(evaluated)],
    ['redrives', texts(String(redrives), lastAt && `last at ${lastAt.toISOString()}`)],
    ['first message', messageId],
    [
      'parked',
      wasParked
        ? texts(parked.at.toISOString(), 'as', parked.reason ?? 'nothing known')
        : undefined,
    ],
    ['dropped', parked?.dropped?.at.toISOString()],
    ['dropped by', parked?.dropped?.by],
    ['dropped for', parked?.dropped?.reason],
    ['key', detail.key],
    ['rule', detail.rule],
    ['mapping', detail.mapping],
    ['event', texts(detail.eventId, detail.source, detail.detailType)],
    ['request', texts(facts.action, facts.object)],
  ];
}

const verbs: Readonly<Record<string, string>> = {
  redrive: 'send it',
  park: 'park it',
  wait: 'wait',
  refuse: 'refuse it',
};

/** Where a redrive would send it. */
function destinationOf({ route }: Evaluated): string | undefined {
  if (route === undefined) return undefined;
  return route.to === 'queue' ? 'to ApiCallQueue' : `to the bus ${route.entry.EventBusName}`;
}

function decisionOf({ detail, evaluated }: FoundFailure): string {
  const { decision, place, reason, until, why } = detail;
  const action = place === 'parked' ? 'An unpark' : 'A redrive';
  const what = texts(
    verbs[decision] ?? decision,
    destinationOf(evaluated),
    until && `until ${until}`,
  );
  const because = [...new Set([decision === 'park' ? reason : '', why])].filter(Boolean);
  return `${action} would ${what}: ${because.join(': ')}`;
}

const section = (title: string, text: string): string[] => ['', title, indentJson(text)];

/**
 * The whole message for a person: its history, the decision, the advice, attributes and content.
 *
 * @param next the commands to suggest.
 * @param columns of the terminal, to which all but commands and content is wrapped; not in a pipe.
 */
export function formatMessage(
  found: FoundFailure,
  next: readonly string[],
  columns = Number.POSITIVE_INFINITY,
): string {
  const { detail, evaluated } = found;
  const content = contentOf(evaluated.envelope);
  return [
    `${evaluated.message.parked?.dropped ? 'dropped' : detail.place}  ${detail.id}`,
    ...formatFacts(historyOf(found), columns),
    '',
    ...wrapLines(decisionOf(found), '', columns),
    ...wrapLines(detail.advice, 'What to do: ', columns),
    ...next.map((command) => `  ${command}`),
    ...Object.entries(detail.attributes).flatMap(([name, text]) =>
      section(`Attribute ${name}`, text),
    ),
    ...section('Body', detail.body),
    ...(content === undefined || content === detail.body
      ? []
      : section('The event or request in it', content)),
  ].join('\n');
}
