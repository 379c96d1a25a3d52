import type { KnownOutcome } from '#common/once-record.ts';
import type { Command } from '../command.ts';
import type { Effect } from '../envelope/own-attributes.ts';
import type { Found, OnceRecords } from './records.ts';

/** Why an effect cannot be settled as the person says; `undefined` - it can, or it is. */
export type Objection = string | undefined;

const inTheWay: Readonly<Partial<Record<Found, string>>> = {
  busy: 'an invocation is making the call just now: wait for its outcome',
  reused: 'its key has been used for another payload since',
  changed: 'its record has just changed: try again',
};

/** Closed means made, whoever says so. */
export function objectionTo(found: Found, { applied }: Command): Objection {
  if (found === 'done' && !applied) {
    return 'its record is closed by now: the change has been made, unpark it as applied';
  }
  return inTheWay[found];
}

/** What Salesforce answers to a create ("sObject Basic Information"), as far as the person knows it. */
const outcomeOf = (recordId: string | undefined): KnownOutcome => ({
  kind: 'success',
  status: 201,
  body: recordId === undefined ? {} : { id: recordId, success: true, errors: [] },
});

/** Says what would be in the way, without a change. */
export const lookAt =
  (records: OnceRecords) =>
  async (effect: Effect, command: Command): Promise<Objection> =>
    objectionTo(await records.look(effect), command);

/**
 * Settles an effect whose outcome was not known: closed, so that apicall answers without a call, or forgotten, so that
 * it makes the call. Rejects with DynamoDB's error.
 */
export const settleWith =
  (records: OnceRecords) =>
  async (effect: Effect, command: Command): Promise<Objection> => {
    const found = command.applied
      ? await records.close(effect, outcomeOf(command.recordId))
      : await records.forget(effect);
    return found === 'closed' || found === 'forgotten' ? undefined : objectionTo(found, command);
  };
