import { apiError } from '../errors.ts';
import type { Row } from '../org/database.ts';
import type { Org } from '../org/org.ts';
import { timestamp } from '../org/values.ts';
import type { Resource, RestRequest } from '../resource.ts';
import { typeOf } from './record.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** "sObject Get Updated" and "sObject Get Deleted". */
const UPDATED_DAYS = 30;
const DELETED_DAYS = 15;

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/;

/** A code of SOAP's getUpdated(); the texts are guesses. */
function refuse(message: string): never {
  throw apiError(400, 'INVALID_REPLICATION_DATE', message);
}

/** Seconds are ignored. */
function momentOf({ query }: RestRequest, name: string): number {
  // A plus sign that is not encoded arrives as a blank.
  const text = (query.get(name) ?? '').replace(' ', '+');
  const at = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (!DATE_TIME.test(text) || Number.isNaN(at))
    return refuse(`${name} must be a date and time as 2026-11-27T20:12:02+00:00, but is '${text}'`);
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

function spanOf(request: RestRequest, days: number) {
  const start = momentOf(request, 'start');
  const end = momentOf(request, 'end');
  if (end <= start) refuse('start must be at least a minute before end');
  if (start < Date.now() - days * DAY_MS) refuse(`start must be within the last ${days} days`);
  return { start, end, latestDateCovered: timestamp(new Date(end)) };
}

const stampOf = (row: Row): string => String(row['SystemModstamp']);

function changedIn(
  request: RestRequest,
  org: Org,
  { start, end }: { start: number; end: number },
): Row[] {
  const rows = org.database.rows(typeOf(request, org), { deleted: true });
  return rows.filter((row) => {
    const at = Date.parse(stampOf(row));
    return at >= start && at < end;
  });
}

/** "sObject Get Updated" and "sObject Get Deleted": ids of records that changed within a time span. */
export const replication: readonly Resource[] = [
  {
    path: '/sobjects/:sObject/updated',
    methods: {
      GET: (request, org) => {
        const span = spanOf(request, UPDATED_DAYS);
        const rows = changedIn(request, org, span).filter((row) => row['IsDeleted'] !== true);
        const { latestDateCovered } = span;
        return { status: 200, body: { ids: rows.map(({ Id }) => Id), latestDateCovered } };
      },
    },
  },
  {
    path: '/sobjects/:sObject/deleted',
    methods: {
      GET: (request, org) => {
        const span = spanOf(request, DELETED_DAYS);
        const rows = changedIn(request, org, span).filter((row) => row['IsDeleted'] === true);
        const deletedRecords = rows.map((row) => ({ id: row.Id, deletedDate: stampOf(row) }));
        const earliestDateAvailable = timestamp(new Date(Date.now() - DELETED_DAYS * DAY_MS));
        const { latestDateCovered } = span;
        return { status: 200, body: { deletedRecords, earliestDateAvailable, latestDateCovered } };
      },
    },
  },
];
