import { isJsonObject, parseJsonObject } from '#common/json.ts';
import type { FailureAttribute, RedriveHistory, UnknownEffect } from './message.ts';

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const dateOf = (value: unknown): Date | undefined => {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
};

export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;

function effectOf({ effectId, payloadHash }: Record<string, unknown>): UnknownEffect | undefined {
  const id = textOf(effectId);
  const hash = textOf(payloadHash);
  return id === undefined || hash === undefined ? undefined : { id, payloadHash: hash };
}

/** Parses the attribute `Failure`; `undefined` where it is absent or not a JSON object. */
export function parseFailure(text: string | undefined): FailureAttribute | undefined {
  const fields = parseJsonObject(text ?? '');
  if (fields === undefined) return undefined;
  const notBefore = dateOf(fields['notBefore']);
  const correlation = isJsonObject(fields['correlation']) ? fields['correlation'] : {};
  const messageId = textOf(correlation['messageId']);
  const effect = effectOf(correlation);
  return {
    class: textOf(fields['class']) ?? '',
    errorCode: textOf(fields['errorCode']) ?? '',
    message: textOf(fields['message']) ?? '',
    attempts: countOf(fields['attempts']),
    ...(notBefore && { notBefore }),
    ...(messageId && { messageId }),
    ...(effect && { effect }),
  };
}

/** Parses the attribute `Redrive`; no redrives where it is absent or not a JSON object. */
export function parseHistory(text: string | undefined): RedriveHistory {
  const { count, lastAt: last, messageId: first } = parseJsonObject(text ?? '') ?? {};
  const lastAt = dateOf(last);
  const messageId = textOf(first);
  return { redrives: countOf(count), ...(lastAt && { lastAt }), ...(messageId && { messageId }) };
}
