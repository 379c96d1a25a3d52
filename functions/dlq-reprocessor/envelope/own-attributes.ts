import { isFields, parseFields } from '#common/fields.ts';
import { countOf, dateOf, textOf } from './json.ts';

/** Why apicall gave up on a request, or why the bus did not take an event: the attribute `Failure`. */
export interface Failure {
  readonly class: string;
  readonly errorCode: string;
  /** May quote field values. */
  readonly message: string;
  readonly attempts: number;
  readonly notBefore?: Date;
  /** Of the message that failed first: names its effect where the request does not. */
  readonly messageId?: string;
  /** The once-only record of an effect that may have taken place. */
  readonly effect?: Effect;
}

export interface Effect {
  readonly id: string;
  readonly payloadHash: string;
}

/** What came before, from the attribute `Redrive`: how often it was redriven, and when last. */
export interface History {
  readonly redrives: number;
  readonly lastAt?: Date;
  /** Of the message that failed first. */
  readonly messageId?: string;
}

function effectOf({ effectId, payloadHash }: Record<string, unknown>): Effect | undefined {
  const id = textOf(effectId);
  const hash = textOf(payloadHash);
  return id === undefined || hash === undefined ? undefined : { id, payloadHash: hash };
}

export function failureOf(text: string | undefined): Failure | undefined {
  const fields = parseFields(text ?? '');
  if (fields === undefined) return undefined;
  const notBefore = dateOf(fields['notBefore']);
  const correlation = isFields(fields['correlation']) ? fields['correlation'] : {};
  const messageId = textOf(correlation['messageId']);
  const effect = effectOf(correlation);
  return {
    class: textOf(fields['class']) ?? '',
    errorCode: textOf(fields['errorCode']) ?? '',
    message: textOf(fields['message']) ?? '',
    attempts: countOf(fields['attempts']),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(effect === undefined ? {} : { effect }),
  };
}

export function historyOf(text: string | undefined): History {
  const { count, lastAt, messageId } = parseFields(text ?? '') ?? {};
  const date = dateOf(lastAt);
  const first = textOf(messageId);
  return {
    redrives: countOf(count),
    ...(date === undefined ? {} : { lastAt: date }),
    ...(first === undefined ? {} : { messageId: first }),
  };
}
