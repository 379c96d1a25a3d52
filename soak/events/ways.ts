import type { Kind } from '../../local/chaos/requests.ts';

/** How an event comes into the stack, and what it is to become in Salesforce. */
export interface Way {
  readonly name: string;
  readonly by: 'github' | 'twilio' | 'bus' | 'http' | 'platform event' | 'contact';
  /** Of a thousand events. */
  readonly share: number;
  /** What is asked of `apicall`; absent where a rule of the template says so, or no function is on the way. */
  readonly kind?: Kind;
  /** The Salesforce object that is written. */
  readonly object: string;
  /** EventBridge itself delivers to an API destination, at least once: a repeat is no fault of the stack. */
  readonly isRepeatable?: true;
}

/** The object whose creates are upserts by an event id field. */
export const EVENT_ID_FIELDS = 'Ticket__c:EventId__c';

/** All ways in, and how often each is gone. */
export const ways: readonly Way[] = [
  { name: 'GitHub issue → Case', by: 'github', share: 220, object: 'Case' },
  { name: 'Twilio SMS → Task', by: 'twilio', share: 180, object: 'Task' },
  { name: 'bus: guarded create', by: 'bus', share: 190, kind: 'guarded', object: 'Order__c' },
  {
    name: 'bus: create with event id field',
    by: 'bus',
    share: 100,
    kind: 'event id',
    object: 'Ticket__c',
  },
  { name: 'bus: update', by: 'bus', share: 80, kind: 'update', object: 'Account' },
  { name: 'bus: upsert', by: 'bus', share: 80, kind: 'upsert', object: 'Widget__c' },
  { name: 'bus: delete', by: 'bus', share: 40, kind: 'delete', object: 'Gadget__c' },
  {
    name: 'bus: create that Salesforce refuses',
    by: 'bus',
    share: 10,
    kind: 'refused',
    object: 'Contact',
  },
  { name: 'CloudEvent over HTTP', by: 'http', share: 40, kind: 'guarded', object: 'Visit__c' },
  {
    name: 'API destination: platform event',
    by: 'platform event',
    share: 30,
    object: 'Carbon_Estimate__e',
    isRepeatable: true,
  },
  { name: 'API destination: Contact', by: 'contact', share: 30, object: 'Contact' },
];

/** Every object that a way writes. */
export const objects: readonly string[] = [...new Set(ways.map(({ object }) => object))];
