import type { Outcome } from '../outcome/outcome.ts';
import type { Planned } from './types.ts';

/** The external id field that a request upserts on. */
function upsertField({ request: { action, record = '' } }: Planned): string | undefined {
  const slash = record.indexOf('/');
  return action === 'PATCH' && slash > 0 ? record.slice(0, slash).toLowerCase() : undefined;
}

/**
 * Whether two upserts of a new key were made at the same time ("sObject Rows by External ID"): the other one has made
 * the record by now, and this one made again updates it. A duplicate in any other field stays one.
 */
export function isRaced(item: Planned, outcome: Outcome): boolean {
  const field = upsertField(item);
  if (field === undefined || outcome.kind === 'success') return false;
  const { errorCode, message } = outcome;
  if (errorCode === 'DUPLICATE_EXTERNAL_ID') return true;
  const duplicate = /duplicate value found: (\w+)/i.exec(message)?.[1]?.toLowerCase();
  return errorCode === 'DUPLICATE_VALUE' && duplicate === field;
}
