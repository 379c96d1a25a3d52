import type { NotMade } from '#common/idempotency-record.ts';
import { isJsonObject, type JsonObject } from '#common/json.ts';
import { isRetryable, type Outcome, type Success } from '../../outcome/failure-class.ts';
import type { RequestResult } from '../../result.ts';
import type { Mapping, WriteStep } from '../definition.ts';
import { type ExecutionState, type Row, resultOf, type WriteResult } from './state.ts';

/** The result of an execution whose steps are done. `body`: the reply's data. */
export const succeeded = (body: unknown, status = 200): RequestResult => ({
  kind: 'finished',
  code: 'adapter-process',
  outcome: { kind: 'success', status, body },
});

/** Whether a text has the form of a record's id ("ID Field Type"). */
export const isRecordId = (text: string): boolean =>
  /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/.test(text);

const CHECK = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** An id with 18 characters: one of 15 gets its checksum, which says which letters are capitals ("ID Field Type"). */
export function longId(id: string): string {
  if (!/^[a-zA-Z0-9]{15}$/.test(id)) return id;
  const suffix = [0, 5, 10].map((start) => {
    const bits = [...id.slice(start, start + 5)].map((one, index) =>
      /[A-Z]/.test(one) ? 1 << index : 0,
    );
    return CHECK[bits.reduce((sum, bit) => sum + bit, 0)];
  });
  return `${id}${suffix.join('')}`;
}

/** A record as expressions read it, and so its parents: without `attributes`, and each `Id` with 18 characters. */
export function toRow(record: JsonObject): Row {
  const fields = Object.entries(record).filter(([name]) => name !== 'attributes');
  return Object.fromEntries(
    fields.map(([name, value]) => {
      if (name === 'Id' && typeof value === 'string') return [name, longId(value)];
      return [name, isJsonObject(value) ? toRow(value) : value];
    }),
  );
}

/** Larger responses of calls are not kept, so that what a step gives is the same after a retry. */
const MAX_BODY_BYTES = 16_384;

const fits = ({ body }: Success): boolean =>
  Buffer.byteLength(JSON.stringify(body) ?? '') <= MAX_BODY_BYTES;

/** Whether a response is not kept although later steps know it by its name: they would take what is in it for missing. */
export const isTooLargeToKeep = ({ verb, as }: WriteStep, outcome: Success): boolean =>
  verb === 'call' && as !== undefined && !fits(outcome);

/** What the response to a call gives besides: its members. */
const membersOf = (outcome: Success): JsonObject =>
  isJsonObject(outcome.body) && fits(outcome) ? outcome.body : {};

/** What a write gave. `record`: as in the request. */
export function writeResultOf(
  { verb }: WriteStep,
  outcome: Success,
  { action, record }: JsonObject,
): WriteResult {
  const { id, created } = Object(outcome.body);
  const known = typeof id === 'string' ? id : record;
  const Id = typeof known === 'string' && isRecordId(known) ? longId(known) : null;
  const isCreated = created === true || (created === undefined && outcome.status === 201);
  const result = { Id, created: verb === 'call' ? isCreated && action === 'POST' : isCreated };
  return verb === 'call' ? { ...membersOf(outcome), ...result } : result;
}

const isMissing = (outcome: Outcome): boolean =>
  outcome.kind === 'failure' &&
  ['NOT_FOUND', 'ENTITY_IS_DELETED'].includes(outcome.errorCode) &&
  !/external ID field/i.test(outcome.message);

/** A deletion that finds no record has succeeded. */
export function asWritten({ verb }: WriteStep, result: RequestResult): RequestResult {
  if (verb !== 'delete' || result.kind !== 'finished' || !isMissing(result.outcome)) return result;
  return { ...result, outcome: { kind: 'success', status: 204, body: undefined } };
}

/** The higher, the sooner it decides about the execution: what is repeated anyway comes before what is given up. */
function rank(result: RequestResult): number {
  if (result.kind !== 'finished')
    return ['not-started', 'wait', 'breaker-opened'].indexOf(result.kind) + 4;
  if (result.outcome.kind === 'success') return 0;
  if (isRetryable(result.outcome)) return 3;
  return result.outcome.class === 'outcome-unknown' ? 2 : 1;
}

/** What all writes of a step leave to their next attempt. */
export function notMadeOf(results: readonly RequestResult[]): NotMade | undefined {
  const entries = results.flatMap(({ notMade }) => Object.entries(notMade ?? {}));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** The result that decides about a step of which some items have not succeeded. */
export const decisive = <Item extends { readonly result: RequestResult }>(
  items: readonly Item[],
): Item | undefined => items.toSorted((one, other) => rank(other.result) - rank(one.result))[0];

/** Whether the reply is that to the only request. */
export function isSingle({ steps: [only, ...others] }: Mapping): boolean {
  return others.length === 0 && only?.verb !== 'find' && only?.each === undefined;
}

/** The reply's data: of one step, the response to its request; of several, what each of them gave. */
export function replyDataOf(
  mapping: Mapping,
  done: ExecutionState,
  outcome: Success | undefined,
): unknown {
  if (isSingle(mapping) && outcome !== undefined) return outcome.body;
  const results = mapping.steps.map(({ name }) => {
    const state = done.get(name);
    return [name, state === undefined ? null : resultOf(state)];
  });
  return { steps: Object.fromEntries(results) };
}
