import { eventOf } from './executions.ts';
import type { PlannedEvent } from './routes.ts';

/** The source of the events that a CloudEvents receiver gets. */
export const RECEIVER_SOURCE = 'soak.receiver';

export const REQUEST_TYPE = 'io.triggermesh.salesforce.apicall';

/** A request to apicall for one record. */
interface RecordRequest {
  readonly action: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly resource: 'sobjects' | 'apexrest';
  readonly object: string;
  readonly record?: string;
  readonly payload?: Readonly<Record<string, string>>;
  readonly idempotencyKey: string;
}

/** What objects require, apart from the name of a custom object. */
const TEXT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Case: ['Subject'],
  Contact: ['LastName'],
  Lead: ['LastName', 'Company'],
};

/** A platform event has no name. */
const textFieldsOf = (object: string): readonly string[] =>
  TEXT_FIELDS[object] ?? (object.endsWith('__e') ? [] : ['Name']);

const fields = (object: string, text: string): Record<string, string> =>
  Object.fromEntries(['Marker__c', ...textFieldsOf(object)].map((name) => [name, text]));

/** A required field is missing, or a value is too long: Salesforce's error then quotes the whole value. */
const invalidFields = ({ canary, index }: PlannedEvent): Record<string, string> =>
  index % 2 === 0 ? { Marker__c: canary } : { LastName: `${canary} ${'x'.repeat(100)}` };

/** An upsert by an external id, so that a repeat makes no second record. */
export const upsert = (object: string, key: string, canary: string): RecordRequest => ({
  action: 'PATCH',
  resource: 'sobjects',
  object,
  record: `Key__c/${key}`,
  payload: fields(object, canary),
  idempotencyKey: key,
});

/** @param recordId the existing record that an update or a deletion is about. */
export function requestOf(planned: PlannedEvent, recordId: string): RecordRequest {
  const { canary, key, route } = planned;
  const base = { resource: 'sobjects', object: route.object, idempotencyKey: key } as const;
  const text = route.poison === undefined ? canary : `${canary} ${route.poison}`;
  switch (route.request) {
    case 'update':
      return { ...base, action: 'PATCH', record: recordId, payload: fields(route.object, text) };
    case 'upsert':
      return upsert(route.object, key, text);
    case 'apex rest':
      return { ...base, action: 'GET', resource: 'apexrest', object: 'poison-apex-rest' };
    case 'delete':
      return { ...base, action: 'DELETE', record: recordId };
    case 'invalid create':
      return { ...base, action: 'POST', payload: invalidFields(planned) };
    default:
      return { ...base, action: 'POST', payload: fields(route.object, text) };
  }
}

/** Every other create names no key of its own: then the event's id is the key. */
function requestDetail(planned: PlannedEvent, recordId: string): object {
  const { idempotencyKey, ...request } = requestOf(planned, recordId);
  const isKeyless = planned.route.request === 'create' && planned.index % 2 === 0;
  return isKeyless ? request : { ...request, idempotencyKey };
}

/** The entry of PutEvents for an event that enters by the bus. */
export function toEntry(planned: PlannedEvent, recordId: string) {
  const { canary, key, route } = planned;
  const entry = (DetailType: string, detail: object) => ({
    Source: 'soak',
    DetailType,
    Detail: JSON.stringify(detail),
    Resources: [`urn:soak:${key}`],
  });
  if (route.by === 'mapping') {
    const { detail, source, type } = eventOf(planned);
    return { ...entry(type, detail), Source: source };
  }
  if (route.by === 'receiver')
    return { ...entry('Order Placed', { key, canary }), Source: RECEIVER_SOURCE };
  if (route.by === 'platform event') return entry(route.object, { Marker__c: canary, Key__c: key });
  if (route.by === 'contact')
    return entry('Customer Registered', { customerId: key, contact: { LastName: canary } });
  return entry(REQUEST_TYPE, requestDetail(planned, recordId));
}
