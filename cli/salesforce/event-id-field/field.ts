import type { JsonObject } from '../../../functions/common/json.ts';

/** The name of the field, unless an option names another. */
export const DEFAULT_FIELD = 'Event_Id__c';

/** The most that a text field has ("Metadata API Developer Guide", CustomField). */
const LENGTH = 255;

/** The function writes keys of up to 64 characters: longer ones as their SHA-256 in hexadecimal digits. */
const MIN_LENGTH = 64;

/** A field as Tooling API and Metadata API make it. */
export const metadataOf = (name: string): JsonObject => ({
  type: 'Text',
  label: name.replace(/__c$/i, '').replaceAll('_', ' '),
  description: 'The event that a record was created for. Written by salesforce-eventbridge.',
  length: LENGTH,
  unique: true,
  caseSensitive: true,
  externalId: true,
  required: false,
});

/** What counts of a field, from its description or its metadata. */
interface FieldShape {
  readonly isText: boolean;
  readonly length: number;
  readonly isUnique: boolean;
  readonly isExternalId: boolean;
}

/** What keeps a field from holding event ids, as ends of a sentence; empty if nothing does. */
export function mistakesOf({ isText, length, isUnique, isExternalId }: FieldShape): string[] {
  if (!isText) return ['is not a text field'];
  return [
    ...(length >= MIN_LENGTH ? [] : [`has ${length} characters instead of at least ${MIN_LENGTH}`]),
    ...(isUnique ? [] : ['is not unique']),
    ...(isExternalId ? [] : ['is not an external id']),
  ];
}

/** A name for another field, beside one that cannot be used: `Event_Id_2__c`, then `Event_Id_3__c`. */
export function otherName(name: string): string {
  const [, stem, number = '1'] = /^(\w*?)(?:_(\d+))?__c$/i.exec(name) ?? [];
  return stem === undefined ? DEFAULT_FIELD : `${stem}_${Number(number) + 1}__c`;
}

/** Custom fields of tasks and events belong to Activity ("Metadata API Developer Guide", CustomField); permissions don't. */
export const ownerOf = (object: string): string =>
  /^(?:Task|Event)$/i.test(object) ? 'Activity' : object;
