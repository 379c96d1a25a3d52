import type { Planned } from './plan.ts';
import { requestOf } from './requests.ts';

export const REQUEST_TYPE = 'io.triggermesh.salesforce.apicall';

/** Of guarded creates every other one names no key of its own: then the event's id is the key. */
function dataOf(planned: Planned, targetId: string): object {
  const { data, kind } = requestOf(planned, targetId);
  const { idempotencyKey: _key, ...rest } = data;
  return kind === 'guarded' && planned.index % 2 === 0 ? rest : data;
}

function detailOf(planned: Planned, targetId: string): object {
  const { key, way, word } = planned;
  if (way.by === 'platform event') return { Marker__c: word, Key__c: key };
  if (way.by === 'contact') return { customerId: key, contact: { LastName: word } };
  return dataOf(planned, targetId);
}

function detailTypeOf({ way }: Planned): string {
  if (way.by === 'platform event') return way.object;
  return way.by === 'contact' ? 'Customer Registered' : REQUEST_TYPE;
}

/** The entry of PutEvents for an event that comes in by the bus. */
export const toEntry = (planned: Planned, targetId: string) => ({
  Source: 'soak',
  DetailType: detailTypeOf(planned),
  Detail: JSON.stringify(detailOf(planned, targetId)),
  Resources: [`urn:soak:${planned.key}`],
});
