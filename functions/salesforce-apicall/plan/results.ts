import { type Fields, isFields } from '#common/fields.ts';
import type { Answer } from '../salesforce/call.ts';
import type { Member } from './member.ts';

/** The codes that a single call answers with 404 ("Status Codes and Error Responses"). */
const NOT_FOUND = new Set(['NOT_FOUND', 'ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY']);

const statuses = { create: 201, update: 204, upsert: 200 } as const;

function successAnswer(verb: Member['verb'], { id, created }: Fields): Answer {
  const isCreated = verb === 'upsert' && created === true;
  const status = isCreated ? statuses.create : statuses[verb];
  if (status === 204) return { status, headers: {}, body: undefined };
  const body = { id, success: true, errors: [], ...(verb === 'upsert' ? { created } : {}) };
  return { status, headers: {}, body };
}

/** Results name a code `statusCode`; a single call's errors name it `errorCode`. */
function toError(error: unknown): Fields {
  const { statusCode, errorCode, message, fields }: Fields = isFields(error) ? error : {};
  const isNamed = Array.isArray(fields) && fields.length > 0;
  return { message, errorCode: errorCode ?? statusCode, ...(isNamed ? { fields } : {}) };
}

/** One result of a collection as the answer that a single call would have had: its status and its body. */
export function resultAnswer(verb: Member['verb'], result: unknown): Answer {
  if (!isFields(result)) return { status: 500, headers: {}, body: '' };
  if (result['success'] === true) return successAnswer(verb, result);
  const errors = Array.isArray(result['errors']) ? result['errors'].map(toError) : [];
  const isMissing = verb !== 'create' && NOT_FOUND.has(String(errors[0]?.['errorCode']));
  return { status: isMissing ? 404 : 400, headers: {}, body: errors };
}
