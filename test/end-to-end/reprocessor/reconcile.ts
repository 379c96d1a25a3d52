import { parkedObjects } from '../../../local/stack/objects.ts';
import { org, output, stack } from '../harness.ts';
import type { DeadLetter } from './messages.ts';

/** What became of a message: its records in Salesforce, and the reasons for which it is parked. */
interface Outcome {
  readonly records: number;
  readonly parked: readonly string[];
}

export interface Reconciliation {
  /** Messages that are nowhere, or not where they should be. */
  readonly lost: readonly string[];
  /** Messages with more than one record, or parked as well as redriven, or parked twice. */
  readonly appliedTwice: readonly string[];
  /** Messages of which apicall made a record. */
  readonly redriven: number;
}

const isRedrive = ({ end }: DeadLetter): boolean => end === 'Redriven__c' || end === 'Contact';

/** A redriven request that apicall dead-lettered once more is in Salesforce, or parked, or both. */
function isLost(message: DeadLetter, { records, parked }: Outcome): boolean {
  if (message.end === 'waiting') return records > 0 || parked.length > 0;
  return isRedrive(message) ? records + parked.length === 0 : parked[0] !== message.end;
}

function isTwice(message: DeadLetter, { records, parked }: Outcome): boolean {
  return records > 1 || parked.length > 1 || (!isRedrive(message) && records > 0);
}

/** As `fill` was given it: run, kind of message, number. */
const MARK = /r\w+-[a-z]+\d*-\d+\./;

const valuesOf = async (object: string, field: string): Promise<string[]> =>
  (await org.records(object)).map((record) => String(record[field]));

/** Compares the messages that were sent with what Salesforce has and what is parked. */
export async function reconcile(messages: readonly DeadLetter[]): Promise<Reconciliation> {
  const created = [
    ...(await valuesOf('Redriven__c', 'Marker__c')),
    ...(await valuesOf('Contact', 'Customer_Id__c')),
  ];
  const records = Map.groupBy(created, (mark) => mark);
  const objects = await parkedObjects(stack.endpoint, output('ParkBucketName'));
  const parked = Map.groupBy(objects, ({ body }) => MARK.exec(body)?.[0] ?? '');
  const outcomeOf = ({ mark }: DeadLetter): Outcome => ({
    records: records.get(mark)?.length ?? 0,
    parked: (parked.get(mark) ?? []).map(({ reason }) => reason),
  });
  const marksOf = (holds: (message: DeadLetter, outcome: Outcome) => boolean): string[] =>
    messages.filter((message) => holds(message, outcomeOf(message))).map(({ mark }) => mark);
  return {
    lost: marksOf(isLost),
    appliedTwice: marksOf(isTwice),
    redriven: marksOf((message, { records: count }) => isRedrive(message) && count === 1).length,
  };
}
