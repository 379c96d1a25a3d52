import type { EventBus } from '#common/bus.ts';
import type { PutEventsEntry } from '#common/entry.ts';
import { type DeadLetter, type Envelope, REDRIVE_SOURCE } from './envelope.ts';
import { HandoverError } from './errors.ts';
import type { SendToQueue } from './queue.ts';

/** Whether a rule of that name is there and enabled on the redrive bus. */
export type HasTwin = (ruleName: string) => Promise<boolean>;

export interface RedriveDependencies {
  readonly redriveBusName: string;
  readonly apiCallQueueArn: string;
  readonly putEntries: EventBus;
  readonly sendToApiCallQueue: SendToQueue;
  readonly hasTwin: HasTwin;
  readonly remainingMs: () => number;
  readonly now?: () => Date;
}

/** `no-route` - nothing leads back to where it failed: a rule without a twin. */
export type Redriven = 'redriven' | 'no-route';

/** The rule's name in its ARN; rules of the default bus have no bus segment. */
export const ruleNameOf = (ruleArn: string): string => ruleArn.split('/').at(-1) ?? '';

const TWIN_SUFFIX = '-redrive';

/**
 * Its own attribute is set anew; `Failure` told of a failure that this redrive answers. The first message's id goes
 * along: for a request that names no key it is what the once-only guard knows it by.
 */
function attributesOf(letter: DeadLetter, envelope: Envelope, now: Date): Record<string, string> {
  const { Failure: _answered, Redrive: _counted, ...kept } = letter.attributes;
  const { history } = envelope;
  const failed = envelope.kind === 'request' ? envelope.failure?.messageId : undefined;
  const messageId = history.messageId ?? failed ?? letter.messageId;
  const Redrive = JSON.stringify({
    count: history.redrives + 1,
    lastAt: now.toISOString(),
    messageId,
  });
  return { ...kept, Redrive };
}

/**
 * Sends a dead letter back to exactly where it failed. Resolves only when what replaces it is confirmed.
 *
 * @throws HandoverError when it is not; the dead letter must stay then.
 */
export function createRedrive(dependencies: RedriveDependencies) {
  const { apiCallQueueArn, hasTwin, putEntries, redriveBusName, remainingMs, sendToApiCallQueue } =
    dependencies;
  const now = dependencies.now ?? (() => new Date());

  const put = async (entry: PutEventsEntry): Promise<void> => {
    const [refusal] = await putEntries([entry], remainingMs);
    if (refusal) throw new HandoverError(`the event bus refused the event: ${refusal.errorCode}`);
  };

  const throughTwin = (envelope: Envelope & { kind: 'rule' }, rule: string): Promise<void> => {
    const head = { rule, target: envelope.targetArn, attempt: envelope.history.redrives + 1 };
    // The event's own text is spliced in: parsing and writing it again would change its numbers.
    const Detail = `${JSON.stringify(head).slice(0, -1)},"event":${envelope.event}}`;
    return put({
      EventBusName: redriveBusName,
      Source: REDRIVE_SOURCE,
      DetailType: REDRIVE_SOURCE,
      Detail,
      Resources: [envelope.ruleArn],
      Time: now(),
    });
  };

  const redriveRule = async (
    letter: DeadLetter,
    envelope: Envelope & { kind: 'rule' },
  ): Promise<Redriven> => {
    const rule = ruleNameOf(envelope.ruleArn);
    if (await hasTwin(`${rule}${TWIN_SUFFIX}`)) {
      await throughTwin(envelope, rule);
      return 'redriven';
    }
    // A rule without a transformer hands the event to the queue as it is: so can we.
    if (envelope.targetArn !== apiCallQueueArn) return 'no-route';
    const { Redrive = '' } = attributesOf(letter, envelope, now());
    await sendToApiCallQueue(envelope.event, { Redrive });
    return 'redriven';
  };

  return async (
    letter: DeadLetter,
    envelope: Exclude<Envelope, { kind: 'unknown' }>,
  ): Promise<Redriven> => {
    if (envelope.kind === 'rule') return redriveRule(letter, envelope);
    if (envelope.kind === 'entry') {
      const { Time, Resources, ...entry } = envelope.entry;
      await put({ ...entry, Resources: [...Resources], Time: new Date(Time) });
      return 'redriven';
    }
    await sendToApiCallQueue(envelope.body, attributesOf(letter, envelope, now()));
    return 'redriven';
  };
}

export type Redrive = ReturnType<typeof createRedrive>;
