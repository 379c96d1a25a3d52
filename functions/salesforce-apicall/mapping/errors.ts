import type { FailureClass } from '#common/failure-policy.ts';

/** Where in a mapping something failed. A contract: in replies, in the attribute `Failure` and in log lines. */
export interface MappingPlace {
  readonly mapping: string;
  /** Absent: `key` or `let`. */
  readonly step?: string;
  /** The item's key, of a step with `each`. */
  readonly item?: string;
  /** `fields.Title__c`, `where[1].Phone`. */
  readonly place?: string;
}

/** `permanent-data`: the event fails the same way until the event, the mapping or the org is corrected. */
type MappingFailureClass = Extract<
  FailureClass,
  'permanent-data' | 'permanent-size' | 'retry-soon' | 'configuration'
>;

interface MappingErrorOptions extends ErrorOptions {
  readonly class?: MappingFailureClass;
  /** As in `MappingPlace`; absent: the step as a whole. */
  readonly place?: string | undefined;
  readonly item?: string | undefined;
}

/**
 * A mapping cannot be applied to an event. The message says what was expected and what to do, and holds no values of the
 * event. Codes: `MAPPING_EXPRESSION_FAILED`, `MAPPING_VALUE_INVALID`, `MAPPING_VALUE_MISSING`, `MAPPING_TIMEOUT` (retryable),
 * `MAPPING_MANY_FOUND`, `MAPPING_NONE_FOUND`, `MAPPING_TOO_LARGE`.
 */
export class MappingError extends Error {
  override readonly name = 'MappingError';
  readonly code: string;
  readonly class: MappingFailureClass;
  readonly place: string | undefined;
  readonly item: string | undefined;

  constructor(code: string, message: string, options: MappingErrorOptions = {}) {
    const { class: name = 'permanent-data', place, item, ...rest } = options;
    super(message, rest);
    this.code = code;
    this.class = name;
    this.place = place;
    this.item = item;
  }

  /** The same error, about an item of `each`. */
  ofItem(item: string): MappingError {
    const { code, message, cause, place } = this;
    return new MappingError(code, message, { class: this.class, place, item, cause });
  }
}
