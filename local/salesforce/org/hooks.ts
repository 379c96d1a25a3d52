import type { Fields } from './input.ts';

/** A write of one record as the request names it. */
export interface Write {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  /** `/sobjects/<sObject>`, with `/<id>` or `/<field>/<value>` for existing records. */
  readonly path: string;
  readonly fields: Fields;
}

/** How faults fail writes. */
export interface WriteHooks {
  /** Before each record's write, alone, in a collection, or in composite. It throws the ApiError that fails it. */
  readonly onWrite?: (write: Write) => void;
}
