import { type ApiError, apiError, UnreadableError } from '../errors.ts';
import type { Field, FieldType } from './fields.ts';
import { isId, toLongId } from './ids.ts';

/** Salesforce treats empty text as no value. */
export const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || value === '';

/** Now, as REST writes times: `2026-11-27T20:12:02.000+0000`. */
export const timestamp = (date: Date): string => date.toISOString().replace('Z', '+0000');

/** The audit fields of a record that is created: those of a change are the last three. */
export function auditFields(userId: string, date: Date) {
  const at = timestamp(date);
  return {
    CreatedDate: at,
    CreatedById: userId,
    LastModifiedDate: at,
    LastModifiedById: userId,
    SystemModstamp: at,
  };
}

function tokenOf(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY value [';
  if (typeof value === 'object') return 'START_OBJECT value {';
  if (typeof value === 'string') return `VALUE_STRING value ${value}`;
  if (typeof value === 'boolean') return `VALUE_${String(value).toUpperCase()} value ${value}`;
  return `VALUE_NUMBER_${Number.isInteger(value) ? 'INT' : 'FLOAT'} value ${value}`;
}

const JSON_NAMES: Partial<Record<FieldType, string>> = {
  currency: 'double',
  percent: 'double',
  date: 'date',
  datetime: 'datetime',
  time: 'time',
  int: 'int',
  double: 'double',
  boolean: 'boolean',
  address: 'complexvalue',
};

const MAX_DETAIL = 100;

/** A JSON value of another type than the field's. The text is the one that public error reports quote; the place is always 1:1. */
function wrongType({ type }: Field, value: unknown): ApiError {
  const token = tokenOf(value).slice(0, MAX_DETAIL);
  const message = `Cannot deserialize instance of ${JSON_NAMES[type] ?? 'string'} from ${token} or request may be missing a required field at [line:1, column:1]`;
  return new UnreadableError('JSON_PARSER_ERROR', message);
}

/** @throws ApiError STRING_TOO_LONG, quoting the value as Salesforce does. */
function text(field: Field, value: unknown): string {
  if (typeof value === 'object') throw wrongType(field, value);
  // "SOAP API Developer Guide", create(), String Values: blanks at both ends are removed.
  const trimmed = String(value).trim();
  const { length = 255, name } = field;
  if (trimmed.length <= length) return trimmed;
  const message = `${field.label ?? name}: data value too large: ${trimmed} (max length=${length})`;
  throw apiError(400, 'STRING_TOO_LONG', message, [name]);
}

function picklist(field: Field, value: unknown): string {
  const { name, values = [], restricted = false } = field;
  const chosen = text(field, value);
  const parts = field.type === 'multipicklist' ? chosen.split(';') : [chosen];
  const known = parts.map((part) =>
    values.find((own) => own.toLowerCase() === part.trim().toLowerCase()),
  );
  if (restricted && known.includes(undefined)) {
    const message = `${field.label ?? name}: bad value for restricted picklist field: ${chosen}`;
    throw apiError(400, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [name]);
  }
  return parts.map((part, index) => known[index] ?? part.trim()).join(';');
}

function email(field: Field, value: unknown): string {
  const address = text(field, value);
  if (/^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/.test(address)) return address;
  const message = `${field.label ?? field.name}: invalid email address: ${address}`;
  throw apiError(400, 'INVALID_EMAIL_ADDRESS', message, [field.name]);
}

/** Where Salesforce refuses an id: its form here, its object and existence in references.ts. */
function reference(field: Field, value: unknown): string {
  const id = text(field, value);
  if (isId(id)) return toLongId(id);
  const message = `${field.label ?? field.name}: id value of incorrect type: ${id}`;
  throw apiError(400, 'MALFORMED_ID', message, [field.name]);
}

function number(field: Field, value: unknown): number {
  const isNumeric =
    typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value);
  if (typeof value !== 'number' && !isNumeric) throw wrongType(field, value);
  const amount = Number(value);
  const { type, precision = 18, scale = type === 'int' ? 0 : 2, name } = field;
  if (type === 'int' && !Number.isInteger(amount)) throw wrongType(field, value);
  if (Math.abs(amount) >= 10 ** (precision - scale)) {
    const message = `${field.label ?? name}: value outside of valid range on numeric field: ${amount}`;
    throw apiError(400, 'NUMBER_OUTSIDE_VALID_RANGE', message, [name]);
  }
  return Number(amount.toFixed(scale));
}

function boolean(field: Field, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return /^true$/i.test(value);
  throw wrongType(field, value);
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?$/;
const DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Node reads offsets with a colon only; Salesforce without a zone means UTC. */
const toDate = (value: string): Date =>
  new Date(
    /T.*(Z|[+-]\d{2}:?\d{2})$/.test(value)
      ? value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')
      : `${value}Z`,
  );

function date(field: Field, value: unknown): string {
  const day = typeof value === 'string' && DATETIME.test(value) ? value.slice(0, 10) : value;
  if (typeof day !== 'string' || !DATE.test(day) || Number.isNaN(Date.parse(day)))
    throw wrongType(field, value);
  return day;
}

function datetime(field: Field, value: unknown): string {
  const whole = typeof value === 'string' && DATE.test(value) ? `${value}T00:00:00Z` : value;
  if (typeof whole !== 'string' || !DATETIME.test(whole)) throw wrongType(field, value);
  const at = toDate(whole);
  if (Number.isNaN(at.getTime())) throw wrongType(field, value);
  return timestamp(at);
}

function time(field: Field, value: unknown): string {
  if (typeof value !== 'string' || !TIME.test(value)) throw wrongType(field, value);
  return value;
}

const converters: Partial<Record<FieldType, (field: Field, value: unknown) => unknown>> = {
  picklist,
  multipicklist: picklist,
  email,
  id: reference,
  reference,
  int: number,
  double: number,
  currency: number,
  percent: number,
  boolean,
  date,
  datetime,
  time,
};

/**
 * A field's value as the org stores it: trimmed, rounded, ids of 18 characters, empty text as null.
 *
 * Texts take numbers and booleans as their text (a guess: public error reports name objects only).
 *
 * @throws ApiError JSON_PARSER_ERROR, STRING_TOO_LONG, MALFORMED_ID, INVALID_EMAIL_ADDRESS,
 *   INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST, or NUMBER_OUTSIDE_VALID_RANGE.
 */
export function toStored(field: Field, value: unknown): unknown {
  if (isMissing(value)) return field.type === 'boolean' ? false : null;
  const stored = (converters[field.type] ?? text)(field, value);
  return stored === '' ? null : stored;
}
