import type { NotMade } from '#common/idempotency-record.ts';
import type { JsonObject } from '#common/json.ts';
import type { RequestResult } from '../result.ts';
import type { FindStep, WriteStep } from './definition.ts';
import type { Row } from './execution/state.ts';

/** The conditions of one alternative: field → the values of which one is wanted, at least one. */
export type WantedValues = Readonly<Record<string, readonly unknown[]>>;

/** A find of one execution. */
export interface FindRequest {
  readonly step: FindStep;
  /** At least one: those whose values are all there. */
  readonly alternatives: readonly WantedValues[];
}

/**
 * The rows of a find in its order: at least two if there are two, and all of them for `many: all`. Or why there are none: a
 * failure, or no query for now.
 */
export type FindResult = { readonly kind: 'rows'; readonly rows: readonly Row[] } | RequestResult;

/** One write of one execution. */
export interface WriteRequest {
  readonly mapping: string;
  readonly step: WriteStep;
  /** The item's key; absent without `each`. */
  readonly item?: string;
  /** Data of a request, which is validated like that of any other. */
  readonly data: JsonObject;
  /** `[source, key, mapping, step, item]`: identifies the effect, whatever event it comes from. */
  readonly effectKey: readonly string[];
  readonly eventId: string;
  /** Whether an earlier delivery of the event may have made it. */
  readonly isRedelivered: boolean;
  /** As in the attribute `Redrive`. */
  readonly callSize?: number | undefined;
  /** As in the attribute `Redrive`. */
  readonly notMade?: NotMade | undefined;
}
