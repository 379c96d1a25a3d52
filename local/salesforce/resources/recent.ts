import { apiError } from '../errors.ts';
import type { Row } from '../org/database.ts';
import type { Org } from '../org/org.ts';
import type { SObjectType } from '../org/schema.ts';
import type { Resource, RestRequest } from '../resource.ts';
import { recordUrl } from './record.ts';

/** "REST API Developer Guide", View Recently Viewed Records. */
const MAX_ITEMS = 200;

/** Recently viewed records, each with Id and name, the latest first; those of one object, if it is given. */
export const recentItems = ({ recentlyViewed }: Org, version: string, only?: SObjectType) =>
  recentlyViewed
    .list()
    .filter(([type]) => only === undefined || type.name === only.name)
    .map(([type, row]: [SObjectType, Row]) => ({
      attributes: { type: type.name, url: recordUrl(version, type, row.Id) },
      Id: row.Id,
      Name: row['Name'] ?? null,
    }));

/** The code of a wrong limit is a guess. */
function limitOf({ query }: RestRequest): number {
  const limit = Number(query.get('limit') ?? MAX_ITEMS);
  if (Number.isInteger(limit) && limit > 0 && limit <= MAX_ITEMS) return limit;
  throw apiError(400, 'INVALID_QUERY_FILTER_OPERATOR', `limit must be from 1 to ${MAX_ITEMS}`);
}

/** "Recently Viewed Items". */
export const recent: Resource = {
  path: '/recent',
  methods: {
    GET: (request, org) => ({
      status: 200,
      body: recentItems(org, request.version).slice(0, limitOf(request)),
    }),
  },
};
