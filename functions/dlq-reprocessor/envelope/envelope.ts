import type { Fields } from '#common/fields.ts';
import type { Failure, History } from './own-attributes.ts';

/** A PutEvents entry as the spill queue keeps it. */
export interface SpilledEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Resources: readonly string[];
  /** ISO 8601. */
  readonly Time: string;
}

/** An event that a rule matched and its target did not take. */
export interface RuleLetter {
  readonly kind: 'rule';
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** Tries after the first. */
  readonly retries: number;
  /** The condition of the retry policy that ended it; absent when EventBridge did not expect another try to help. */
  readonly exhausted: string | undefined;
  /** The JSON text of the event that the rule matched, as it was. */
  readonly event: string;
  readonly content: Fields;
  readonly history: History;
}

/** A request that apicall gave up on or ended over. */
export interface RequestLetter {
  readonly kind: 'request';
  /** Absent where the function ended without a word. */
  readonly failure: Failure | undefined;
  /** The JSON text of the request, as it was. */
  readonly body: string;
  /** Absent where the body is no JSON object. */
  readonly content: Fields | undefined;
  readonly history: History;
}

/** An entry that the bus did not take. */
export interface EntryLetter {
  readonly kind: 'entry';
  readonly entry: SpilledEntry;
  readonly failure: Failure;
  readonly history: History;
}

interface UnknownLetter {
  readonly kind: 'unknown';
  readonly history: History;
}

/** The forms of dead letters, told apart by what each of them must have, never by the queue they lie in. */
export type Envelope = RuleLetter | RequestLetter | EntryLetter | UnknownLetter;
