import type { JsonObject } from '#common/json.ts';
import type { RequestResult } from '../result.ts';
import type { Expression, FindStep, WriteStep } from './definition.ts';
import type { ExecutionRecords } from './execution/records.ts';
import type { Row } from './execution/state.ts';

/** An event as the bus delivers it. Of a claim check: the event that it stands for, with its whole `detail`. */
export interface BusEvent extends JsonObject {
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** What an expression reads. */
export interface Scope {
  /** Its name: time-outs are counted by mapping. */
  readonly mapping: string;
  /** The root. */
  readonly event: BusEvent;
  /** What `$key()` gives; absent in `key` itself. */
  readonly key?: string;
  /** By name, without `$`. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Evaluates an expression, one at a time.
 *
 * @throws MappingError with the expression's place: `MAPPING_EXPRESSION_FAILED`, or `MAPPING_TIMEOUT`, which is retryable.
 */
export type Evaluate = (expression: Expression, scope: Scope) => Promise<unknown>;

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
}

/** What an execution needs from outside. `runMappings` calls them once a round, for all executions of a batch. */
export interface MappingPorts {
  readonly evaluate: Evaluate;
  /** One result for each find, in order. Never rejects. */
  readonly find: (finds: readonly FindRequest[]) => Promise<readonly FindResult[]>;
  /** One result for each write, in order. Never rejects. */
  readonly write: (writes: readonly WriteRequest[]) => Promise<readonly RequestResult[]>;
  readonly records: ExecutionRecords;
  /** Whether there is time for another round. */
  readonly hasTime: () => boolean;
}
