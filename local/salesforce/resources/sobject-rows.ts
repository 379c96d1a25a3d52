import type { Row } from '../org/database.ts';
import type { Org } from '../org/org.ts';
import type { SObjectType } from '../org/schema.ts';
import type { Resource, RestRequest, RestResponse } from '../resource.ts';
import { checkConditions, conditionHeaders } from './conditions.ts';
import { basicInformation } from './describe.ts';
import { errorsOfCreate, fieldsOf, recordUrl, selectedFields, toRecord, typeOf } from './record.ts';

/** The response with a record, or 304. */
export function read(request: RestRequest, org: Org, type: SObjectType, row: Row): RestResponse {
  const fields = selectedFields(org, type, request.query.get('fields'));
  const unchanged = checkConditions(request, type, row);
  if (unchanged) return unchanged;
  const body = toRecord(org, request.version, type, row, fields);
  return { status: 200, headers: conditionHeaders(type, row), body };
}

function create(request: RestRequest, org: Org): RestResponse {
  const type = typeOf(request, org);
  const id = org.dml.insert(type, fieldsOf(request));
  return {
    status: 201,
    headers: { Location: recordUrl(request.version, type, id) },
    body: { id, success: true, errors: errorsOfCreate(type) },
  };
}

const idOf = ({ params }: RestRequest): string => params['id'] ?? '';

/** "sObject Basic Information" and "sObject Rows". */
export const sObjectRows: readonly Resource[] = [
  { path: '/sobjects/:sObject', methods: { GET: basicInformation, POST: create } },
  {
    path: '/sobjects/:sObject/:id',
    methods: {
      GET: (request, org) => {
        const type = typeOf(request, org);
        return read(request, org, type, org.dml.find(type, idOf(request)));
      },
      PATCH: (request, org) => {
        const type = typeOf(request, org);
        checkConditions(request, type, org.dml.find(type, idOf(request)));
        org.dml.update(type, idOf(request), fieldsOf(request));
        return { status: 204 };
      },
      DELETE: (request, org) => {
        org.dml.remove(typeOf(request, org), idOf(request));
        return { status: 204 };
      },
    },
  },
  {
    // "Create Records Using sObject Rows by External ID", with the field Id (v37).
    path: '/sobjects/:sObject/Id',
    methods: {
      POST: (request, org) => {
        const { body, ...response } = create(request, org);
        return { ...response, body: { ...Object(body), created: true } };
      },
    },
  },
];
