import { DescribeRuleCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { sqsLimits } from '#common/aws.ts';
import { entryBytes, type PutEventsEntry } from '#common/events/event-bus.ts';
import { foldAttributes } from '#common/message-attributes.ts';
import type {
  DeadLetter,
  EntryLetter,
  Envelope,
  RequestLetter,
  RuleLetter,
} from '../dead-letter/dead-letter.ts';
import { REDRIVE_SOURCE } from '../dead-letter/parse.ts';
import { ruleNameOf } from '../dead-letter/summary.ts';
import type { ParkReason } from '../names.ts';
import { messageBytes, type OutMessage } from '../queue/message.ts';

/** Whether a rule of that name is there and enabled on the redrive bus. */
export type HasTwin = (ruleName: string) => Promise<boolean>;

/** The way back to exactly where a letter failed, or why there is none. */
export type Route =
  | { readonly to: 'queue'; readonly message: OutMessage }
  | { readonly to: 'bus'; readonly entry: PutEventsEntry }
  | { readonly to: 'nowhere'; readonly reason: ParkReason; readonly why: string };

export interface RouteDependencies {
  readonly redriveBusName: string;
  readonly apiCallQueueArn: string;
  readonly hasTwin: HasTwin;
  readonly now: () => Date;
}

const TWIN_SUFFIX = '-redrive';

/** EventBridge takes 1 MB ("Amazon EventBridge quotas"). */
const MAX_ENTRY_BYTES = 1_000_000;

const nowhere = (reason: ParkReason, why: string): Route => ({ to: 'nowhere', reason, why });

const tooLarge = nowhere('TOO_LARGE', 'with the count of its redrives it is larger than AWS takes');

function toBus(entry: PutEventsEntry): Route {
  const { Source: source, DetailType: detailType, Detail: detail, Resources: resources } = entry;
  const bytes = entryBytes({ source, detailType, detail, resources });
  return bytes > MAX_ENTRY_BYTES ? tooLarge : { to: 'bus', entry };
}

/**
 * The attribute `Redrive` is set anew; `Failure` told of a failure that this redrive answers. The first message's id
 * goes along: for a request that names no key it is what the once-only guard knows it by.
 */
function toQueue(
  body: string,
  letter: DeadLetter,
  value: Readonly<Record<string, unknown>>,
): Route {
  const { Failure: _answered, Redrive: _counted, ...kept } = letter.attributes;
  const { typed } = letter;
  const room = sqsLimits.items - Object.keys(typed).length;
  if (room === 0) return tooLarge;
  const message = {
    body,
    typed,
    attributes: foldAttributes(kept, { name: 'Redrive', value }, room),
  };
  return messageBytes(message) > sqsLimits.bytes ? tooLarge : { to: 'queue', message };
}

/** EventBridge's own attributes tell of the failure: they are not the event's. */
const withoutAttributes = (letter: DeadLetter): DeadLetter => ({
  ...letter,
  attributes: {},
  typed: {},
});

/**
 * Finds the way back of a letter.
 *
 * @returns a function of the letter and the number of redrives that it has had when it comes back. It rejects when
 *   EventBridge cannot be asked for a rule's twin.
 */
export function createRoute({ redriveBusName, apiCallQueueArn, hasTwin, now }: RouteDependencies) {
  const throughTwin = (envelope: RuleLetter, rule: string, attempt: number): Route => {
    const head = { rule, target: envelope.targetArn, attempt };
    // The event's own text is spliced in: parsing and writing it again would change its numbers.
    const Detail = `${JSON.stringify(head).slice(0, -1)},"event":${envelope.event}}`;
    return toBus({
      EventBusName: redriveBusName,
      Source: REDRIVE_SOURCE,
      DetailType: REDRIVE_SOURCE,
      Detail,
      Resources: [envelope.ruleArn],
      Time: now(),
    });
  };

  const ofRule = async (letter: DeadLetter, envelope: RuleLetter, count: number) => {
    const rule = ruleNameOf(envelope.ruleArn);
    if (await hasTwin(`${rule}${TWIN_SUFFIX}`)) return throughTwin(envelope, rule, count);
    // A rule without a transformer hands the event to the queue as it is: so can we.
    if (envelope.targetArn === apiCallQueueArn) {
      const { messageId } = letter;
      const value = { count, lastAt: now(), messageId };
      return toQueue(envelope.event, withoutAttributes(letter), value);
    }
    return nowhere('NO_REDRIVE_RULE', 'its rule has no enabled twin on the redrive bus');
  };

  const ofRequest = (letter: DeadLetter, envelope: RequestLetter, count: number): Route => {
    const { history, failure, body } = envelope;
    const messageId = history.messageId ?? failure?.messageId ?? letter.messageId;
    return toQueue(body, letter, { count, lastAt: now(), messageId });
  };

  const ofEntry = ({ entry: { Time, Resources, ...entry } }: EntryLetter): Route =>
    toBus({ ...entry, Resources: [...Resources], Time: new Date(Time) });

  return async (letter: DeadLetter, envelope: Envelope, count: number): Promise<Route> => {
    if (envelope.kind === 'rule') return ofRule(letter, envelope, count);
    if (envelope.kind === 'request') return ofRequest(letter, envelope, count);
    if (envelope.kind === 'entry') return ofEntry(envelope);
    return nowhere('UNKNOWN_ENVELOPE', 'nothing says where it came from');
  };
}

export type FindRoute = ReturnType<typeof createRoute>;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceNotFoundException';

/** Asks EventBridge, because PutEvents says yes even when no rule matches. Answers are kept for this process. */
export function findTwins(client: EventBridgeClient, EventBusName: string): HasTwin {
  const known = new Map<string, Promise<boolean>>();

  const describe = async (Name: string): Promise<boolean> => {
    try {
      const { State } = await client.send(new DescribeRuleCommand({ Name, EventBusName }));
      return State === 'ENABLED';
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  };

  return (name) => {
    const found = known.get(name) ?? describe(name);
    known.set(name, found);
    found.catch(() => known.delete(name));
    return found;
  };
}
