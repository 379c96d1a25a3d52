import type { ParkedObject } from '../../../local/chaos/parked.ts';
import { org } from '../harness.ts';
import type { Letter } from './letters.ts';
import { parkedObjects } from './scene.ts';

/** What became of a letter: its records in Salesforce, and the reasons for which it is parked. */
interface Fate {
  readonly records: number;
  readonly parked: readonly string[];
}

export interface Account {
  /** Letters that are nowhere, or not where they should be. */
  readonly lost: readonly string[];
  /** Letters with more than one record, or parked as well as redriven, or parked twice. */
  readonly twice: readonly string[];
  /** Letters that apicall made a record of. */
  readonly redriven: number;
}

async function markers(object: string, field: string): Promise<string[]> {
  return (await org.records(object)).map((record) => String(record[field]));
}

/** As `fill` was given it: run, sort of letters, number. */
const MARK = /r\w+-[a-z]+\d*-\d+\./;

const markIn = ({ body }: ParkedObject): string => MARK.exec(body)?.[0] ?? '';

async function fates(): Promise<(mark: string) => Fate> {
  const made = [
    ...(await markers('Redriven__c', 'Marker__c')),
    ...(await markers('Contact', 'Customer_Id__c')),
  ];
  const records = Map.groupBy(made, (mark) => mark);
  const parked = Map.groupBy(await parkedObjects(), markIn);
  return (mark) => ({
    records: records.get(mark)?.length ?? 0,
    parked: (parked.get(mark) ?? []).map(({ reason }) => reason),
  });
}

const isRedrive = ({ end }: Letter): boolean => end === 'Redriven__c' || end === 'Contact';

/** A redriven request that apicall gave up on once more is in Salesforce or kept for a person, or both. */
function isLost(letter: Letter, { records, parked }: Fate): boolean {
  if (letter.end === 'waiting') return records > 0 || parked.length > 0;
  return isRedrive(letter) ? records + parked.length === 0 : parked[0] !== letter.end;
}

function isTwice(letter: Letter, { records, parked }: Fate): boolean {
  return records > 1 || parked.length > 1 || (!isRedrive(letter) && records > 0);
}

/** Where each letter has come to. */
export async function accountOf(letters: readonly Letter[]): Promise<Account> {
  const fateOf = await fates();
  const marksOf = (matches: (letter: Letter, fate: Fate) => boolean): string[] =>
    letters.flatMap((letter) => (matches(letter, fateOf(letter.mark)) ? [letter.mark] : []));
  return {
    lost: marksOf(isLost),
    twice: marksOf(isTwice),
    redriven: marksOf((letter, { records }) => isRedrive(letter) && records === 1).length,
  };
}
