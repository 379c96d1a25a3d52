/** Why a mapping failed for an event. `retryable`: what another try may heal. */
export const mappingErrorCodes = {
  /** An expression failed, or gave what can't stand there. */
  MAPPING_EXPRESSION: 'permanent',
  /** An expression was longer, deeper or larger than the limits. */
  MAPPING_LIMIT: 'permanent',
  /** An expression ran longer than 250 ms. */
  MAPPING_TIMEOUT: 'retryable',
  /** A key, an id or an item key that a step needs is missing. */
  MAPPING_VALUE_MISSING: 'permanent',
  /** Two items of a step have the same key. */
  MAPPING_ITEM_KEY: 'permanent',
  /** Several records where `many: fail`. */
  MAPPING_MANY_FOUND: 'permanent',
  /** No record where `none: fail`. */
  MAPPING_NONE_FOUND: 'permanent',
  /** No record yet where `none: retry`. */
  MAPPING_NONE_YET: 'retryable',
  /** What the steps gave is too large to be remembered. */
  MAPPING_STATE_SIZE: 'permanent',
} as const;

export type MappingErrorCode = keyof typeof mappingErrorCodes;

interface Place {
  /** Where in the step, or in the mapping's `let` and `key`: `fields.Title__c`. */
  readonly place: string;
  /** The item of `each`. */
  readonly item?: number | undefined;
}

/**
 * A step could not be evaluated. The message says what was wrong and what to do, and quotes the mapping, but nothing of the
 * event.
 */
export class MappingError extends Error {
  override readonly name = 'MappingError';
  readonly code: MappingErrorCode;
  readonly place: string;
  readonly item: number | undefined;

  constructor(code: MappingErrorCode, { place, item }: Place, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.place = place;
    this.item = item;
  }

  /** The same error, of an item of `each`. */
  ofItem(item: number): MappingError {
    return new MappingError(this.code, { place: this.place, item }, this.message, this.cause);
  }
}

/**
 * The batch has no time left to evaluate, or this mapping was cut too often in it. The event is not to blame: it goes back
 * to the queue for a smaller batch, and no attempt is counted.
 */
export class EvaluationTimeError extends Error {
  override readonly name = 'EvaluationTimeError';
}

/** A function of ours refused its arguments. The message quotes none of them. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
}

/** What an expression made is over a limit. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
}
