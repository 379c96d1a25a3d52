import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransportError } from '../../../functions/salesforce-apicall/errors.ts';
import type {
  FindStep,
  Mapping,
  Step,
} from '../../../functions/salesforce-apicall/mapping/definition.ts';
import type { ApiResponse, Call } from '../../../functions/salesforce-apicall/salesforce/client.ts';
import { playCollections } from './collections-harness.ts';
import { drain } from './drain.ts';
import { createHarness, sqsRecord } from './harness.ts';
import { mappingOf } from './mapping/execution-harness.ts';
import { answer } from './scene.ts';

const error = (status: number, errorCode: string, message = 'm') =>
  answer(status, [{ errorCode, message }]);

const reset = (): never => {
  throw new TransportError('ECONNRESET', true);
};

/** What Salesforce does with every call, or record of one, that a request is in. */
const faults = {
  none: () => answer(200, { id: '003000000000001AAA', success: true, errors: [], records: [] }),
  wrong: () => error(400, 'STRING_TOO_LONG'),
  locked: () => error(400, 'UNABLE_TO_LOCK_ROW'),
  wrapped: () => error(400, 'FIELD_CUSTOM_VALIDATION_EXCEPTION', 'first error: UNABLE_TO_LOCK_ROW'),
  worded: () => error(400, 'FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Too many records in one order'),
  heavy: () =>
    error(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'X: Apex CPU time limit exceeded'),
  mixed: () => error(400, 'MIXED_DML_OPERATION'),
  taken: () => error(400, 'DUPLICATE_VALUE', 'duplicate value found: <unknown>'),
  hourly: () => error(400, 'LIMIT_EXCEEDED'),
  unheard: () => error(418, 'NEVER_SEEN_BEFORE'),
  refused: () => error(403, 'INSUFFICIENT_ACCESS'),
  session: () => error(401, 'INVALID_SESSION_ID'),
  broken: () => error(500, 'UNKNOWN_EXCEPTION'),
  busy: () => error(503, 'SERVER_UNAVAILABLE'),
  page: () => answer(503, 'We are down for maintenance'),
  gateway: () => answer(502, '<html>'),
  moved: () => answer(420, ''),
  lost: reset,
} as const satisfies Readonly<Record<string, () => ApiResponse>>;
type Fault = keyof typeof faults;
const faultNames = Object.keys(faults).filter((name): name is Fault => name in faults);

/** `<fault>-<index>`, wherever in a call it is. */
const MARK = /([a-z]+)-\d+@/g;

/** Each call fails as the first request in it that has a fault. */
const respond = playCollections((call: Call): ApiResponse => {
  if (call.path.endsWith('/describe')) return answer(200, { fields: [] });
  const text = `${decodeURIComponent(call.path)} ${call.body ?? ''}`;
  const names = [...text.matchAll(MARK)].map(([, name = '']) => name);
  const fault = faultNames.find((name) => name !== 'none' && names.includes(name));
  return faults[fault ?? 'none']();
});

const expression = (source: string) => ({ source, place: 'fields.LastName' });
const onType = (type: string) => ({ on: { source: ['shop'], 'detail-type': [type] } });
const createContact: Step = {
  verb: 'create',
  name: 'contact',
  object: 'Contact',
  once: 'EventId__c',
  nulls: 'clear',
  fields: { LastName: expression('$length(detail.mail) > 0 ? detail.mail : $error("no mail")') },
};
const findContact: FindStep = {
  verb: 'find',
  name: 'found',
  as: 'found',
  object: 'Contact',
  where: [{ Email: expression('detail.mail') }],
  select: ['Id'],
  many: 'first',
  none: 'continue',
  order: 'Id',
};
const constantContact: Step = { ...createContact, fields: { LastName: { constant: 'N' } } };
const mappings: readonly Mapping[] = [
  mappingOf([createContact], { name: 'creates', ...onType('Written') }),
  mappingOf([findContact, constantContact], { name: 'finds', ...onType('Found') }),
];

const contact = { resource: 'sobjects', object: 'Contact' };
const request = (mark: string) => ({ ...contact, action: 'POST', payload: { LastName: mark } });
const cloudEvent = (mark: string) => ({
  specversion: '1.0',
  id: mark,
  source: '/orders',
  type: 'io.triggermesh.salesforce.apicall',
  data: request(mark),
});
const busEvent = (type: string, mark: string, detail: unknown) => ({
  id: mark,
  source: 'shop',
  'detail-type': type,
  resources: [],
  detail,
});

/** How a request arrives, and what it does. */
const arrivals: Readonly<Record<string, (mark: string) => unknown>> = {
  create: request,
  upsert: (mark) => ({ ...request('N'), action: 'PATCH', record: `Ext__c/${mark}` }),
  'upsert in body form': (mark) => ({
    ...request('N'),
    action: 'PATCH',
    record: `Ext__c/${mark}/..`,
  }),
  update: (mark) => ({ ...request(mark), action: 'PATCH', record: '003000000000001' }),
  delete: (mark) => ({ ...contact, action: 'DELETE', record: `Ext__c/${mark}` }),
  read: (mark) => ({ ...contact, action: 'GET', record: `Ext__c/${mark}` }),
  setup: (mark) => ({
    ...request(mark),
    object: 'PermissionSetAssignment',
    action: 'PATCH',
    record: '0Pa000000000001',
  }),
  CloudEvent: cloudEvent,
  'bus event': (mark) => busEvent('io.triggermesh.salesforce.apicall', mark, request(mark)),
  'CloudEvent on the bus': (mark) => busEvent('any', mark, cloudEvent(mark)),
  'mapped event': (mark) => busEvent('Written', mark, { mail: mark }),
  'mapped CloudEvent': (mark) =>
    busEvent('Written', mark, { specversion: '1.0', id: mark, source: 's', type: 't', mail: mark }),
  'mapped event that looks up': (mark) => busEvent('Found', mark, { mail: mark }),
  'mapped event that fails': (mark) => busEvent('Written', mark, { mail: '', mark }),
  'mapped claim check that is none': (mark) => busEvent('Written.claim-check', mark, { mark }),
  'another event': (mark) => busEvent('Unknown', mark, {}),
  'no request': (mark) => ({ ...request(mark), unknown: mark }),
  'no JSON': (mark) => `{"object":"${mark}", "payload": }`,
  'too deep': (mark) => `{"a":${'['.repeat(200)}${']'.repeat(200)},"b":"${mark}"}`,
};
const arrivalNames = Object.keys(arrivals);

interface Sent {
  readonly arrival: string;
  readonly fault: Fault;
}

/** The classes in which messages end, in order. */
async function endsOf(batch: readonly Sent[]): Promise<string[]> {
  const scene = createHarness({
    callSalesforce: async (call) => respond(call),
    mappings,
    config: {
      eventIdFields: new Map([['contact', 'EventId__c']]),
      mappedSources: ['shop'],
      mappedDetailTypes: ['Written', 'Found'],
    },
  });
  const records = batch.map(({ arrival, fault }, index) =>
    sqsRecord(arrivals[arrival]?.(`${fault}-${index}@`), {
      messageId: `m${index}`,
      sentAt: Date.now(),
    }),
  );
  expect(await drain(scene, records)).toBeLessThan(12);
  expect(scene.counted.join()).not.toContain('BreakerOpened');
  const ends = new Map(
    scene.deadLetters.map(({ body, failure }) => [body, String(Object(failure).class)]),
  );
  return records.map(({ body }) => ends.get(body) ?? 'success');
}

describe('the outcome of a request', () => {
  it('is the one that it has alone, however it arrives and whatever its neighbours do', async () => {
    const alone = new Map<string, string | undefined>();
    const keyOf = ({ arrival, fault }: Sent): string => `${arrival} ${fault}`;
    for (const arrival of arrivalNames)
      for (const fault of faultNames) {
        const [end] = await endsOf([{ arrival, fault }]);
        alone.set(keyOf({ arrival, fault }), end);
      }
    expect(new Set(alone.values())).toEqual(
      new Set(['success', 'retry-soon', 'retry-later', 'alone', 'permanent-data', 'configuration']),
    );
    const fault = fc.oneof(
      { weight: 2, arbitrary: fc.constant<Fault>('none') },
      { weight: 1, arbitrary: fc.constantFrom(...faultNames) },
    );
    // Few kinds in a batch, so that they meet in calls.
    const batches = fc
      .uniqueArray(fc.constantFrom(...arrivalNames), { minLength: 1, maxLength: 4 })
      .chain((few) =>
        fc.array(fc.record({ arrival: fc.constantFrom(...few), fault }), { maxLength: 40 }),
      );
    await fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        expect(await endsOf(batch)).toEqual(batch.map((one) => alone.get(keyOf(one))));
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
