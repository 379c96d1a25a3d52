import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Performed } from '../result.ts';

interface Reporters {
  readonly log: Log;
  readonly count: CountMetric;
}

const DELIVERY_URN = /urn:webhook:[a-z]+:delivery:([A-Za-z0-9-]{1,128})$/;

/** The webhook delivery that a request comes from, where its key says so: the built-in rules' keys do. */
const deliveryOf = (key = ''): { readonly delivery?: string } => {
  const [, delivery] = DELIVERY_URN.exec(key) ?? [];
  return delivery === undefined ? {} : { delivery };
};

/**
 * One log line and one metric per call. Salesforce's error texts quote field values: only the code may stand here.
 *
 * @param ids what the line can be found by.
 */
export const createReport =
  ({ log, count }: Reporters) =>
  (ids: Readonly<Record<string, string>>, { outcome, request, durationMs }: Performed): void => {
    const { action, resource, object, idempotencyKey } = request ?? {};
    const found = { ...ids, ...deliveryOf(idempotencyKey) };
    const fields = { ...found, action, resource, object, status: outcome.status, durationMs };
    if (outcome.kind === 'success') {
      log.info('api call succeeded', fields);
      count('ApiCallSucceeded');
      return;
    }
    log.warn('api call failed', { ...fields, class: outcome.class, errorCode: outcome.errorCode });
    count('ApiCallFailed', { class: outcome.class });
  };
