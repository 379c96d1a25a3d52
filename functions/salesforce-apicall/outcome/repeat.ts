import type { Performed } from '../performed.ts';
import type { Failure } from './outcome.ts';

/** A field that is no external id is missing too, and stays so ("sObject Rows by External ID"). */
const isFieldMissing = ({ message }: Failure): boolean => /external ID field/i.test(message);

const isGone = (failure: Failure): boolean =>
  failure.errorCode === 'ENTITY_IS_DELETED' ||
  (failure.errorCode === 'NOT_FOUND' && !isFieldMissing(failure));

/**
 * The result of a request that may have been made before: a deletion that finds nothing has what it asked for, for
 * its first answer may have been lost.
 */
export function asRepeat(performed: Performed): Performed {
  const { outcome, request } = performed;
  if (outcome.kind === 'success' || request?.action !== 'DELETE' || !isGone(outcome))
    return performed;
  return { ...performed, outcome: { kind: 'success', status: 204, body: undefined } };
}
