import { ApiError } from '../../errors.ts';
import { isObject } from '../../json.ts';
import type { Org } from '../../org/org.ts';
import type { RestRequest, RestResponse } from '../../resource.ts';
import type { Part, PartResult } from './parts.ts';
import { type ReferenceContext, resolveBody, resolveUrl } from './references.ts';

interface Run {
  readonly inner: RestRequest['inner'];
  readonly version: number;
  /** Refuses what the resource around the parts does not allow. @throws ApiError that fails the part. */
  readonly requireSupported: (part: Part) => void;
}

const toResult = ({ referenceId }: Part, { status, headers, body }: RestResponse): PartResult => ({
  body: body ?? null,
  httpHeaders: { ...headers },
  httpStatusCode: status,
  referenceId,
});

const halted = (message: string): RestResponse => ({
  status: 400,
  body: [{ errorCode: 'PROCESSING_HALTED', message }],
});

export const haltedResult = (part: Part, message: string): PartResult =>
  toResult(part, halted(message));

function respond(part: Part, { inner, requireSupported }: Run, context: ReferenceContext) {
  try {
    const url = resolveUrl(part.url, context);
    requireSupported({ ...part, url });
    const body = resolveBody(part.body, context);
    return inner({ method: part.method, url, headers: part.headers, body });
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, body: error.body };
    throw error;
  }
}

const isError = ({ httpStatusCode }: PartResult): boolean =>
  httpStatusCode >= 400 || httpStatusCode === 300;

/** A part of which nothing, or not everything, was done: a collection with a failed record has status 200. */
const isFailed = (result: PartResult): boolean =>
  isError(result) ||
  (Array.isArray(result.body) &&
    result.body.some((record) => isObject(record) && record['success'] === false));

/** Runs parts in order. What refers to a failed part fails, the others run ("Composite Request Body", allOrNone). */
export function runParts(parts: readonly Part[], run: Run): PartResult[] {
  const results = new Map<string, PartResult>();
  for (const part of parts) {
    const context = { version: run.version, results };
    results.set(part.referenceId, toResult(part, respond(part, run, context)));
  }
  return [...results.values()];
}

class Failed extends Error {
  readonly result: PartResult;

  constructor(result: PartResult) {
    super('A part of a transaction failed');
    this.result = result;
  }
}

const ROLLED_BACK =
  'The transaction was rolled back since another operation in the same transaction failed.';

/**
 * Runs parts as one transaction, up to the first that fails: it keeps its response, and all others are PROCESSING_HALTED.
 *
 * A collection's response says `success` for records that don't exist any more: "allOrNone Parameters in Composite and
 * Collections Requests", case 4.
 */
export function runTransaction(org: Org, parts: readonly Part[], run: Run): PartResult[] {
  const results = new Map<string, PartResult>();
  const context = { version: run.version, results };
  try {
    return org.dml.together(() =>
      parts.map((part) => {
        const result = toResult(part, respond(part, run, context));
        if (isFailed(result)) throw new Failed(result);
        results.set(part.referenceId, result);
        return result;
      }),
    );
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    const { result } = error;
    return parts.map((part) =>
      part.referenceId === result.referenceId ? result : haltedResult(part, ROLLED_BACK),
    );
  }
}
