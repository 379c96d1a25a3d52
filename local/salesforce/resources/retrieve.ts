import { apiError } from '../errors.ts';
import { malformed } from '../json.ts';
import { isId } from '../org/ids.ts';
import type { Org } from '../org/org.ts';
import { requireField } from '../org/permissions.ts';
import type { SObjectType } from '../org/schema.ts';
import type { Resource, RestRequest, RestResponse } from '../resource.ts';
import { requireAtMost } from './collections.ts';
import { fieldsOf, toRecord } from './record.ts';

/** "Get Records With a Request Body Using sObject Collections". The GET form is limited by the URL's length only. */
const MAX_RECORDS = 2_000;

interface Wanted {
  readonly ids: readonly string[];
  readonly names: readonly string[];
}

/** A record, or null for what can't be found: an id that is malformed, of another object, or of no live record. */
function find({ database }: Org, type: SObjectType, id: string) {
  if (!isId(id) || !id.startsWith(type.keyPrefix)) return null;
  const row = database.find(type, id);
  return row === undefined || row['IsDeleted'] === true ? null : row;
}

function retrieve({ params, version }: RestRequest, org: Org, { ids, names }: Wanted) {
  const type = org.requireSObject(params['sObject'] ?? '');
  const fields = [...new Set(names.map((name) => requireField(org.permissions, type, name)))];
  const body = ids.map((id) => {
    const row = find(org, type, id);
    return row === null ? null : toRecord(org, version, type, row, fields);
  });
  return { status: 200, body };
}

/** Code and text of a missing parameter are guesses. */
function required(name: string, values: readonly string[]): readonly string[] {
  if (values.length > 0) return values;
  throw apiError(400, 'MISSING_ARGUMENT', `The ${name} parameter is required`);
}

const listOf = ({ query }: RestRequest, name: string): readonly string[] =>
  required(
    name,
    (query.get(name) ?? '')
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== ''),
  );

function arrayOf(request: RestRequest, name: string): readonly string[] {
  const value = fieldsOf(request)[name] ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return required(name, value);
  throw malformed(`${name} must be an array of texts`);
}

const byQuery = (request: RestRequest, org: Org): RestResponse =>
  retrieve(request, org, { ids: listOf(request, 'ids'), names: listOf(request, 'fields') });

function byBody(request: RestRequest, org: Org): RestResponse {
  const ids = arrayOf(request, 'ids');
  requireAtMost(MAX_RECORDS, ids.length);
  return retrieve(request, org, { ids, names: arrayOf(request, 'fields') });
}

/** "Get Records Using sObject Collections": several records of one object. */
export const retrieveResource: Resource = {
  path: '/composite/sobjects/:sObject',
  methods: { GET: byQuery, POST: byBody },
  head: false,
};
