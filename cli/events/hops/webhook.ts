import { plural } from '../../format.ts';
import { textIn } from '../links.ts';
import type { LogLine } from '../logs.ts';
import { inParentheses, numberIn, say, type Told } from './told.ts';

const webhookOf = (line: LogLine): string =>
  say(
    `Webhook of ${textIn(line, 'provider') ?? 'a provider'}`,
    inParentheses(textIn(line, 'event') ?? textIn(line, 'detailType'), textIn(line, 'action')),
  );

/** How an accepted event went on: it is on the bus, or in the spill queue. */
function published(line: LogLine): Told[] {
  const code = textIn(line, 'errorCode');
  if (textIn(line, 'outcome') === 'spilled')
    return [
      {
        kind: 'spilled',
        where: 'SpillQueue',
        text: say('The event bus did not accept it; it waits in SpillQueue', inParentheses(code)),
        isFailure: true,
      },
    ];
  const isClaim = textIn(line, 'payloadKey') !== undefined;
  if (textIn(line, 'eventId') === undefined) return [];
  const text = say('On the event bus', isClaim && 'as a claim check: its body is in PayloadBucket');
  return [{ kind: 'bus', where: 'EventBus', text }];
}

export const accepted = (line: LogLine): Told[] => {
  const count = numberIn(line, 'events');
  const text = say(
    webhookOf(line),
    'accepted',
    count !== undefined && `with ${plural(count, 'event')}`,
  );
  return [{ kind: 'accepted', where: line.logicalId, text }, ...published(line)];
};

export const rejected =
  (what: string) =>
  (line: LogLine): Told[] => [
    {
      kind: 'rejected',
      where: line.logicalId,
      text: say(webhookOf(line), what, inParentheses(textIn(line, 'reason'))),
      isFailure: true,
    },
  ];

export const ignored = (line: LogLine): Told[] => [
  {
    kind: 'rejected',
    where: line.logicalId,
    text: say(webhookOf(line), 'ignored', inParentheses(textIn(line, 'reason'))),
  },
];
