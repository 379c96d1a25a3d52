import { apiError, notSimulated } from '../errors.ts';
import type { Page } from '../org/cursors.ts';
import type { Fields } from '../org/input.ts';
import type { Org } from '../org/org.ts';
import type { Handler, Resource, RestRequest, RestResponse } from '../resource.ts';
import { runQuery } from '../soql/query.ts';
import { recordUrl } from './record.ts';

/** "REST API Developer Guide", Query Options Header: a hint between 200 and 2,000. That others are taken as the nearest of the two is a guess. */
const PAGE = { least: 200, most: 2000 };

function pageSizeOf({ headers }: RestRequest): number {
  const size = /batchSize\s*=\s*(\d+)/i.exec(headers['sforce-query-options'] ?? '')?.[1];
  return Math.min(PAGE.most, Math.max(PAGE.least, Number(size ?? PAGE.most)));
}

function answer({ version }: RestRequest, { totalSize, records, next }: Page): RestResponse {
  const nextRecordsUrl = `/services/data/${version}/query/${next}`;
  const body =
    next === undefined
      ? { totalSize, done: true, records }
      : { totalSize, done: false, nextRecordsUrl, records };
  return { status: 200, body };
}

/** Records as the first page of a query's result. */
export function queryResponse(
  request: RestRequest,
  { cursors }: Org,
  records: readonly Fields[],
): RestResponse {
  const page = cursors.open(records, pageSizeOf(request));
  return answer(request, { ...page, totalSize: records.length });
}

/** @throws ApiError MALFORMED_QUERY without `q`. */
function statementOf({ query }: RestRequest): string {
  if (query.has('explain')) throw notSimulated('Query plans (explain)');
  const statement = query.get('q') ?? '';
  if (statement !== '') return statement;
  throw apiError(400, 'MALFORMED_QUERY', 'A query string has to be specified');
}

const run =
  (deleted: boolean): Handler =>
  (request, org: Org) => {
    const result = runQuery(statementOf(request), {
      org,
      deleted,
      urlOf: (type, id) => recordUrl(request.version, type, id),
    });
    const page = org.cursors.open(result.records, pageSizeOf(request));
    return answer(request, { ...page, totalSize: result.totalSize });
  };

const nextPage: Handler = (request, org) => {
  const page = org.cursors.page(request.params['locator'] ?? '');
  if (page) return answer(request, page);
  throw apiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
};

/** "Query", "QueryAll", "Query More Results". */
export const query: readonly Resource[] = [
  { path: '/query', methods: { GET: run(false) } },
  { path: '/queryAll', methods: { GET: run(true) } },
  { path: '/query/:locator', methods: { GET: nextPage } },
  { path: '/queryAll/:locator', methods: { GET: nextPage } },
];
