import type { Fields } from './input.ts';
import type { SObjectType } from './schema.ts';

/** A write of one record as the request names it. */
export interface Write {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  /** `/sobjects/<sObject>`, with `/<id>` or `/<field>/<value>` for existing records. */
  readonly path: string;
  readonly fields: Fields;
}

/** Consecutive records of one object in a collection, which are committed together. */
export interface Chunk {
  readonly type: SObjectType | undefined;
  readonly records: number;
  readonly failed: number;
}

/** How faults and moods refuse writes. Each function throws the ApiError. */
export interface WriteHooks {
  /** Before each record's write, alone, in a collection, or in composite. */
  readonly onWrite?: (write: Write) => void;
  /** After a collection's chunk: an error rolls the chunk back, and all of its records fail with it. */
  readonly onChunk?: (chunk: Chunk) => void;
}
