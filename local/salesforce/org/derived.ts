import { apiError } from '../errors.ts';
import type { Row } from './database.ts';
import type { Field } from './fields.ts';
import type { SObjectType } from './schema.ts';
import { isMissing } from './values.ts';

/** The parts of a compound address, by their names in it. */
const ADDRESS_PARTS = {
  city: 'City',
  country: 'Country',
  geocodeAccuracy: 'GeocodeAccuracy',
  latitude: 'Latitude',
  longitude: 'Longitude',
  postalCode: 'PostalCode',
  state: 'State',
  street: 'Street',
} as const;

function addressOf({ name }: Field, row: Row): object | null {
  const prefix = name.replace(/Address$/, '');
  const parts = Object.entries(ADDRESS_PARTS).map(([key, part]): [string, unknown] => [
    key,
    row[prefix + part] ?? null,
  ]);
  return parts.every(([, value]) => value === null) ? null : Object.fromEntries(parts);
}

const addressesOf = ({ fields }: SObjectType, row: Row) =>
  Object.fromEntries(
    fields
      .filter(({ type }) => type === 'address')
      .map((field) => [field.name, addressOf(field, row)]),
  );

/** The names of people are made of their parts; that of a business account is its own. */
function nameOf({ fields }: SObjectType, row: Row): { Name?: string } {
  const isPerson = fields.some(({ name, compound }) => name === 'LastName' && compound === 'Name');
  if (!isPerson || isMissing(row['LastName'])) return {};
  const parts = [row['FirstName'], row['LastName']].filter((part) => !isMissing(part));
  return { Name: parts.join(' ') };
}

/** The stages of a new org: probability in percent, and forecast category. */
const STAGES: Readonly<Record<string, readonly [number, string]>> = {
  Prospecting: [10, 'Pipeline'],
  Qualification: [10, 'Pipeline'],
  'Needs Analysis': [20, 'Pipeline'],
  'Value Proposition': [50, 'Pipeline'],
  'Id. Decision Makers': [60, 'Pipeline'],
  'Perception Analysis': [70, 'Pipeline'],
  'Proposal/Price Quote': [75, 'Best Case'],
  'Negotiation/Review': [90, 'Commit'],
  'Closed Won': [100, 'Closed'],
  'Closed Lost': [0, 'Omitted'],
};

/** What a status decides. Probability and category follow the stage when it changes, unless they are given (`row` differs from `old`). */
const STATUS_RULES: Readonly<Record<string, (row: Row, old: Row | undefined) => object>> = {
  Opportunity: (row, old) => {
    const stage = String(row['StageName']);
    const [probability, category] = STAGES[stage] ?? [0, 'Pipeline'];
    const isNew = old === undefined || old['StageName'] !== stage;
    const isGiven = !isMissing(row['Probability']) && row['Probability'] !== old?.['Probability'];
    return {
      IsClosed: stage.startsWith('Closed'),
      IsWon: stage === 'Closed Won',
      ...(isNew && !isGiven ? { Probability: probability } : {}),
      ...(isNew
        ? { ForecastCategory: category.replace(' ', ''), ForecastCategoryName: category }
        : {}),
    };
  },
  Case: (row, old) => {
    const IsClosed = row['Status'] === 'Closed';
    const ClosedDate = old?.['IsClosed'] === true ? old['ClosedDate'] : row['LastModifiedDate'];
    return { IsClosed, ClosedDate: IsClosed ? ClosedDate : null };
  },
  Task: ({ Status, Priority }) => ({
    IsClosed: Status === 'Completed',
    IsHighPriority: Priority === 'High',
  }),
};

/** @throws ApiError for a record type of another object. The code is documented, the text is reported. */
function recordTypeOf({ recordTypes }: SObjectType, row: Row): { RecordTypeId?: string } {
  if (recordTypes.length === 0) return {};
  const given = row['RecordTypeId'];
  const isPerson = !isMissing(row['LastName']);
  const usual =
    recordTypes.find(({ person = false }) => person && isPerson) ??
    recordTypes.find((one) => one.default) ??
    recordTypes[0];
  const id = isMissing(given) ? usual?.id : recordTypes.find((one) => one.id === given)?.id;
  if (id !== undefined) return { RecordTypeId: id };
  const message = `Record Type ID: this ID value isn't valid for the user: ${String(given)}`;
  throw apiError(400, 'INVALID_CROSS_REFERENCE_KEY', message, ['RecordTypeId']);
}

/** A row with what the org itself makes of the given values: record type, names, addresses, what a status decides. */
export function derive(type: SObjectType, row: Row, old: Row | undefined): Row {
  return {
    ...row,
    ...recordTypeOf(type, row),
    ...nameOf(type, row),
    ...addressesOf(type, row),
    ...STATUS_RULES[type.name]?.(row, old),
  };
}
