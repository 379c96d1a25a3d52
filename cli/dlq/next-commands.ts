import type { FailureDetail } from './failures/failure.ts';
import type { Suggest } from './suggest.ts';

/** What can only be looked at, and dropped. */
const NOT_REDRIVABLE = ['UNKNOWN_ENVELOPE', 'SUBSCRIBER_FAILURE', 'TOO_LARGE'];

const drop = (id: string): string => `drop --filter id=${id} --reason 'TEXT'`;

function forParked({ id, key = '', reason, decision }: FailureDetail): string[] {
  if (key.startsWith('dropped/')) return [`unpark --filter key=${key}`];
  if (NOT_REDRIVABLE.includes(reason)) return [drop(id)];
  if (reason === 'OUTCOME_UNKNOWN')
    return [
      `unpark --filter id=${id} --applied --record-id ID`,
      `unpark --filter id=${id} --not-applied`,
    ];
  return decision === 'refuse' ? [drop(id)] : [`unpark --filter id=${id}`, drop(id)];
}

function forQueued({ id, reason, decision }: FailureDetail): string[] {
  if (decision === 'redrive') return [`redrive --filter id=${id}`];
  if (reason === 'OUTCOME_UNKNOWN') return [`park --filter id=${id}`];
  if (decision === 'wait') return [`redrive --filter id=${id} --force`];
  if (NOT_REDRIVABLE.includes(reason)) return [`park --filter id=${id}`, drop(id)];
  return [`redrive --filter id=${id} --force`, `park --filter id=${id}`, drop(id)];
}

/** The commands that make sense for a message once its cause is dealt with, the likeliest first. */
export const nextCommands = (detail: FailureDetail, suggest: Suggest): string[] =>
  (detail.place === 'parked' ? forParked(detail) : forQueued(detail)).map(suggest);
