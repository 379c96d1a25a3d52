import type { WriteStep } from '../../functions/salesforce-apicall/mapping/definition.ts';
import type { ApiCallRequest } from '../../functions/salesforce-apicall/request/schema.ts';
import { fitPayload } from '../../functions/salesforce-apicall/request/url.ts';

/** A write as a step without expressions: `{create: Case, fields: {…}}`. */
export type Words = Readonly<Record<string, unknown>>;

const withoutUndefined = (words: Words): Words =>
  Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));

function targetWords(step: WriteStep, record: string | undefined): Words {
  if (record === undefined || !('target' in step)) return {};
  if (!('by' in step.target)) return { id: record };
  const { field } = step.target.by;
  return { by: { [field]: record.slice(field.length + 1) } };
}

function describe(step: WriteStep, request: ApiCallRequest): Words {
  const { action, resource, object, record, query } = request;
  const payload = fitPayload(request);
  if (step.verb === 'call')
    return { call: withoutUndefined({ action, resource, object, record, query, payload }) };
  const words = { [step.verb]: object, ...targetWords(step, record) };
  return step.verb === 'delete' ? words : { ...words, fields: payload };
}

/**
 * A write in the words of its step.
 *
 * @param names id → the step whose result it is: `$bug`.
 */
export function wordsOf(
  step: WriteStep,
  request: ApiCallRequest,
  names: ReadonlyMap<string, string>,
): Words {
  const text = JSON.stringify(describe(step, request));
  return JSON.parse([...names].reduce((named, [id, name]) => named.replaceAll(id, name), text));
}

/** What an example expects, with keys as the texts that a request has. */
export function expectedWords(words: Words): Words {
  const { by, id } = words;
  const texts = Object.entries(Object(by)).map(([field, value]) => [field, String(value)]);
  return {
    ...words,
    ...(by !== undefined && { by: Object.fromEntries(texts) }),
    ...(id !== undefined && { id: String(id) }),
  };
}
