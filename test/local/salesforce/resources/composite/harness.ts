import { expect } from 'vitest';
import type { Answer } from '../../harness.ts';

export const V68 = '/services/data/v68.0';

let next = 0;

/** A part, whose reference id is of no interest unless given. */
export function part(method: string, path: string, more: object = {}) {
  next += 1;
  const url = path.startsWith('/services') ? path : V68 + path;
  return { method, url, referenceId: `part${next}`, ...more };
}

export const post = (path: string, body: object, referenceId?: string) =>
  part('POST', path, { body, ...(referenceId === undefined ? {} : { referenceId }) });

interface PartResult {
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly referenceId: string;
}

/** The parts' results of an answer with status 200. */
export function results({ status, body }: Answer): PartResult[] {
  expect([status, body]).toEqual([200, { compositeResponse: expect.any(Array) }]);
  return Object(body).compositeResponse;
}

export const statuses = (answer: Answer): number[] =>
  results(answer).map(({ httpStatusCode }) => httpStatusCode);

const halted = (message: string) =>
  expect.objectContaining({
    body: [{ errorCode: 'PROCESSING_HALTED', message }],
    httpHeaders: {},
    httpStatusCode: 400,
  });

export const ROLLED_BACK_PART = halted(
  'The transaction was rolled back since another operation in the same transaction failed.',
);

/** The result of a part with a reference that does not resolve. */
export const unresolved = (expression: string, reference: string, more = '') =>
  halted(`Invalid reference specified. No value for ${expression} found in ${reference}.${more}`);
