import { parseQuery, type Query, type QueryBase } from '@jetstreamapp/soql-parser-js';
import { apiError } from '../errors.ts';
import { malformed, unexpected, unsupported, withoutStrings } from './errors.ts';

/** "Salesforce Developer Limits and Allocations Quick Reference", SOQL and SOSL Limits. */
const MAX_LENGTH = 100_000;
const MAX_OFFSET = 2000;
const MAX_INTEGER = 2 ** 31 - 1;

const FOUND = /found(?::| -->) '?(.*?)'?(?: <--)?$/s;
const BAD_CHARACTER = /^unexpected character: ->(.+?)<- at offset: (\d+)/s;

/** The parser's error in Salesforce's words. */
function explain(statement: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const [, character, offset] = BAD_CHARACTER.exec(message) ?? [];
  if (character !== undefined)
    return malformed(`line 1:${offset} no viable alternative at character '${character}'`);
  const token = FOUND.exec(message)?.[1];
  return unexpected(statement, token === undefined || token === '' ? '<EOF>' : token);
}

/** The parser skips an operator in front of the first condition. */
function refuseLeadingOperator(statement: string): void {
  const [, operator] = /(?:\bWHERE|\()\s*\b(AND|OR)\b/i.exec(withoutStrings(statement)) ?? [];
  if (operator !== undefined) throw unexpected(statement, operator);
}

function refuseUnknownClauses(query: QueryBase): void {
  const clauses = {
    'USING SCOPE': query.usingScope,
    'WITH DATA CATEGORY': query.withDataCategory,
    'WITH SECURITY_ENFORCED': query.withSecurityEnforced,
    'WITH USER_MODE or SYSTEM_MODE': query.withAccessLevel,
    [`FOR ${query.for}`]: query.for,
    [`UPDATE ${query.update}`]: query.update,
  };
  for (const [clause, value] of Object.entries(clauses))
    if (value !== undefined) throw unsupported(clause);
}

/** @throws ApiError when LIMIT or OFFSET is out of range. */
function requireRanges({ limit = 0, offset = 0 }: QueryBase): void {
  if (limit > MAX_INTEGER) throw malformed(`numeric value out of range: ${limit}`);
  if (offset <= MAX_OFFSET) return;
  const message = `Maximum SOQL offset allowed is ${MAX_OFFSET}`;
  throw apiError(400, 'NUMBER_OUTSIDE_VALID_RANGE', message);
}

/** @throws ApiError for clauses that the simulator does not run, and numbers out of range. Also for subqueries. */
export function requireClauses(query: QueryBase): void {
  refuseUnknownClauses(query);
  requireRanges(query);
}

/** The clauses of a kind: the parser returns a single one without an array. */
export const listOf = <Item>(items: Item | readonly Item[] | undefined): readonly Item[] =>
  items === undefined ? [] : Array.isArray(items) ? items : [items as Item];

/** Parses SOQL. @throws ApiError MALFORMED_QUERY, with the token that Salesforce would not expect. */
export function parse(statement: string): Query {
  if (statement.length > MAX_LENGTH)
    throw malformed(`SOQL statements can not be longer than ${MAX_LENGTH} characters`);
  refuseLeadingOperator(statement);
  try {
    return parseQuery(statement);
  } catch (error) {
    throw explain(statement, error);
  }
}
