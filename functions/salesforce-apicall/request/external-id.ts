import { RequestError } from '../errors.ts';

export const NO_DOTS = 'must not contain . or .. segments';

/** A record that a request names by the value of one of its fields. */
export interface ExternalId {
  readonly object: string;
  readonly field: string;
  readonly value: string;
}

const NAME = /^[A-Za-z]\w*$/;

/** The parts of a request that name a record. */
interface RecordName {
  readonly action: string;
  readonly resource: string;
  readonly object?: string | undefined;
  readonly record?: string | undefined;
}

/** What follows an id is a relationship or a blob, not a value. */
const ID = /^(?:[A-Za-z0-9]{15}|[A-Za-z0-9]{18})$/;

/** `undefined` if the request names no record, or names it by its id. */
export function externalIdOf({
  resource,
  object,
  record = '',
}: RecordName): ExternalId | undefined {
  const slash = record.indexOf('/');
  const field = record.slice(0, slash);
  if (resource.toLowerCase() !== 'sobjects' || object === undefined || slash < 0) return undefined;
  if (!NAME.test(object) || !NAME.test(field) || ID.test(field)) return undefined;
  return { object, field, value: record.slice(slash + 1) };
}

/** URL parsers resolve these, and so do servers that decode the slashes around them. */
const DOT_SEGMENT = /(?:^|\/)\.\.?(?:\/|$)/;

const hasDotSegment = (text: string): boolean => DOT_SEGMENT.test(text);

/** Requests that are made in another form if the URL does not carry the external id (coalesce/plan.ts). */
const ACTIONS = ['GET', 'HEAD', 'PATCH', 'DELETE'];

/**
 * Refuses dot segments that would be part of a URL, where they are resolved: the request would be another one.
 *
 * @throws RequestError `request-validation`.
 */
export function requireSafeRecord(request: RecordName): void {
  const isValue = ACTIONS.includes(request.action) && externalIdOf(request) !== undefined;
  if (hasDotSegment(request.record ?? '') && !isValue)
    throw new RequestError('request-validation', `record: ${NO_DOTS}`);
}

/**
 * Salesforce answers 404 if the value ends in `.inc`, the one ending that it names ("sObject Rows by External ID"). `.json` and
 * `.xml` chose the format of the response up to v57 ("REST API Architecture").
 */
const FORMAT = /\.(?:inc|json|xml)\s*$/i;

/** Values that no URL of a record can carry. */
const isNoSegment = (value: string): boolean =>
  hasDotSegment(value.replaceAll('\\', '/')) || FORMAT.test(value);

/**
 * "Some Top Level Domains can conflict with certain file format extensions" ("sObject Rows by External ID"): which ones is not
 * documented. Some servers refuse encoded slashes.
 */
const RISKY = /[/\\]|\.[a-z]\w*\s*$/i;

/**
 * The external id of a request whose URL would not carry it: of an upsert at the least risk, because its value can be in the
 * body at no cost; of other requests only where it must fail, because they need a query first.
 */
export function unsafeExternalId(request: RecordName): ExternalId | undefined {
  const externalId = externalIdOf(request);
  if (externalId === undefined) return undefined;
  const { value } = externalId;
  const isUnsafe = isNoSegment(value) || (request.action === 'PATCH' && RISKY.test(value));
  return isUnsafe ? externalId : undefined;
}

/** Whether a record that is named by this value has to be looked up, unless the value can be in the body. */
export const needsLookup = ({ value }: ExternalId): boolean => isNoSegment(value);
