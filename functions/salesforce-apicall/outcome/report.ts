import type { FailureClass } from '#common/failure-policy.ts';
import type { LogFields } from '#common/log-lines.ts';
import { type LineMetrics, type Log, loggableId } from '#common/logger.ts';
import { sha256 } from '#common/sha256.ts';
import type { IncomingRequest } from '../request/parse.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import type { FinishedResult } from '../result.ts';
import type { Outcome } from './failure-class.ts';

/** What a log line has beside the request and its result: ids, and what happens to its message. */
export type ResultFields = Omit<LogFields<'api call failed'>, 'class' | 'errorCode'>;

/** Ids by which the log line of a request is found. */
export type RequestIds = Pick<
  ResultFields,
  | 'eventId'
  | 'busEventId'
  | 'source'
  | 'detailType'
  | 'messageId'
  | 'firstMessageId'
  | 'queuedMs'
  | 'requestId'
  | 'delivery'
  | 'keyDigest'
>;

const DELIVERY_URN = /urn:webhook:[a-z]+:delivery:([A-Za-z0-9-]{1,128})$/;

/** Of an idempotency key, only a digest is logged: it can be any text of the sender, of up to 512 characters. */
const digestOf = (key: string): string => sha256(key).slice(0, 32);

/**
 * The ids of a request: its event's, its idempotency key's digest, and the webhook delivery that it comes from if the key
 * names one, as those of the built-in rules do. A bare request has no event.
 */
export function idsOfRequest({ context, data, event, eventKey }: IncomingRequest): RequestIds {
  const { idempotencyKey } = Object(data);
  const ofEvent = typeof eventKey === 'string' ? eventKey : JSON.stringify(eventKey);
  const key = typeof idempotencyKey === 'string' ? idempotencyKey : ofEvent;
  const [, delivery] = DELIVERY_URN.exec(key) ?? [];
  return {
    ...(context.id !== idempotencyKey && { eventId: context.id }),
    ...((event !== undefined || Array.isArray(eventKey)) && {
      source: loggableId(context.source),
      detailType: loggableId(context.type),
    }),
    keyDigest: digestOf(key),
    ...(delivery !== undefined && { delivery }),
  };
}

const SALESFORCE_ID = /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/;

/** The id of the Salesforce record that was made or addressed: not an external id, which is a field's value. */
function recordIdOf(request: ApiCallRequest | undefined, outcome: Outcome): string | undefined {
  const made = outcome.kind === 'success' && request?.action !== 'GET' && Object(outcome.body).id;
  return [made, request?.record].find((id) => typeof id === 'string' && SALESFORCE_ID.test(id));
}

/** `SalesforceRefused`, which an alarm watches, counts these failures together with refused logins and calls. */
const isRefused = (name: FailureClass): boolean => name === 'configuration';

const metricsOf = (outcome: Outcome): LineMetrics[] =>
  outcome.kind === 'success'
    ? [{ values: { ApiCallSucceeded: 1 } }]
    : [
        { values: { ApiCallFailed: 1 }, dimensions: [['class']] },
        { values: isRefused(outcome.class) ? { SalesforceRefused: 1 } : {} },
      ];

/**
 * Writes the log line of a request's result. Salesforce's error messages may quote field values, so only the code is logged.
 *
 * @param withMetrics whether the line also counts the result. The results of a batch are counted in one line.
 */
export function logResult(
  fields: ResultFields,
  { outcome, request, durationMs, callId, callRequests }: FinishedResult,
  log: Log,
  { withMetrics }: { readonly withMetrics: boolean },
): void {
  const { action, resource, object } = request ?? {};
  const { status } = outcome;
  const recordId = recordIdOf(request, outcome);
  const what = { action, resource, object, recordId, status, durationMs, callId, callRequests };
  const metrics = withMetrics ? metricsOf(outcome) : [];
  if (outcome.kind === 'success') {
    log.info('api call succeeded', { ...what, ...fields, status: outcome.status }, ...metrics);
    return;
  }
  const { class: name, errorCode, mapping: { step, place } = {} } = outcome;
  const at = { class: name, errorCode, step, place };
  log.warn('api call failed', { ...what, ...fields, ...at }, ...metrics);
}

/** How many events a mapping was applied to. */
export interface MappedCounts {
  readonly succeeded: number;
  readonly failed: number;
}

/** What a batch did, as far as it is counted. */
export interface BatchCounts {
  readonly messages: number;
  /** Requests that succeeded. */
  readonly succeeded: number;
  readonly unmapped: number;
  /** By the mapping's name. */
  readonly mapped: ReadonlyMap<string, MappedCounts>;
  /** The class of each failure of a request that was made or rejected. */
  readonly failed: readonly FailureClass[];
  readonly deadLettered: readonly FailureClass[];
  /** Percentage of the org's API calls that is used, if it is known. */
  readonly usagePercent: number | undefined;
}

const countOf = (classes: readonly FailureClass[], name: FailureClass): number =>
  classes.filter((one) => one === name).length;

const withoutZeros = (values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value > 0));

/**
 * Writes the log line that counts a batch's results. A line has one value per dimension, so failures of a second class, and
 * of each further one, are counted in a line of their own.
 */
export function logBatch(
  { messages, succeeded, unmapped, mapped, failed, deadLettered, usagePercent }: BatchCounts,
  log: Log,
) {
  const values = withoutZeros({
    ApiCallSucceeded: succeeded,
    EventUnmapped: unmapped,
    SalesforceRefused: failed.filter(isRefused).length,
  });
  const always = {
    values: {
      ...values,
      ...(usagePercent !== undefined && { SalesforceApiUsagePercent: usagePercent }),
    },
  };
  const ofClass = (name: FailureClass): LineMetrics => ({
    values: withoutZeros({
      ApiCallFailed: countOf(failed, name),
      ApiCallDeadLettered: countOf(deadLettered, name),
    }),
    dimensions: [['class']],
  });
  const classes = new Set([...failed, ...deadLettered]);
  const [first, ...others] = classes;
  if (first === undefined) log.info('batch processed', { messages }, always);
  else log.info('batch processed', { messages, class: first }, always, ofClass(first));
  for (const name of others) log.info('requests failed', { class: name }, ofClass(name));
  for (const [mapping, counts] of mapped) {
    const own = withoutZeros({ MappingSucceeded: counts.succeeded, MappingFailed: counts.failed });
    log.info('mapping applied', { mapping }, { values: own, dimensions: [['mapping']] });
  }
}
