import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { FinishedResult } from '../process.ts';

export interface Reporters {
  readonly log: Log;
  readonly count: CountMetric;
}

const DELIVERY_URN = /urn:webhook:[a-z]+:delivery:([A-Za-z0-9-]{1,128})$/;

/** The webhook delivery that a request comes from, if its key names one, as those of the built-in rules do. */
const deliveryOf = (key = ''): { readonly delivery?: string } => {
  const [, delivery] = DELIVERY_URN.exec(key) ?? [];
  return delivery === undefined ? {} : { delivery };
};

/**
 * Writes one log line and one metric per result. Salesforce's error messages may quote field values, so only the code is
 * logged.
 *
 * @param ids to find the log line by.
 */
export function reportResult(
  ids: Readonly<Record<string, string>>,
  { outcome, request, durationMs }: FinishedResult,
  { log, count }: Reporters,
): void {
  const { action, resource, object, idempotencyKey } = request ?? {};
  const searchable = { ...ids, ...deliveryOf(idempotencyKey) };
  const fields = { ...searchable, action, resource, object, status: outcome.status, durationMs };
  if (outcome.kind === 'success') {
    log.info('api call succeeded', fields);
    count('ApiCallSucceeded');
    return;
  }
  log.warn('api call failed', { ...fields, class: outcome.class, errorCode: outcome.errorCode });
  count('ApiCallFailed', { class: outcome.class });
}
