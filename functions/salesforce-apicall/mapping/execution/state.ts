import { type JsonObject, parseExact } from '#common/json.ts';

/** A record of Salesforce, as an expression reads it: without `attributes`, its `Id` with 18 characters. */
export type Row = JsonObject;

/** What a write gave, as an expression reads it. A call gives its response's members besides. */
export type WriteResult = JsonObject & { readonly Id: string | null; readonly created: boolean };

/** What a step gave so far. */
export type StepState =
  | { readonly kind: 'skipped' }
  /** `none: stop`: the execution has succeeded, and the steps after it are skipped. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'found'; readonly found: Row | readonly Row[] | null }
  | { readonly kind: 'written'; readonly result: WriteResult }
  | {
      readonly kind: 'items';
      /** The finished items of a step with `each`, by item key. */
      readonly items: readonly (readonly [key: string, result: WriteResult])[];
      /** The keys of all items, null for a skipped one. Absent: some of them are not finished. */
      readonly order?: readonly (string | null)[];
    };

/** What an execution has done, by the names of its steps. */
export type ExecutionState = ReadonlyMap<string, StepState>;

/** Whether a step needs nothing more. */
export const isFinished = (state: StepState | undefined): boolean =>
  state !== undefined && (state.kind !== 'items' || state.order !== undefined);

/** The value of `$name` for the expressions after a finished step. */
export function resultOf(state: StepState): unknown {
  switch (state.kind) {
    case 'skipped':
    case 'stopped':
      return null;
    case 'found':
      return state.found;
    case 'written':
      return state.result;
    case 'items': {
      const results = new Map(state.items);
      return (state.order ?? []).map((key) => (key === null ? null : (results.get(key) ?? null)));
    }
  }
}

/** What finds found is kept up to this size in all; a retry asks for the rest again. */
const MAX_FOUND_BYTES = 64 * 1_024;

/** Below the size of a DynamoDB item, 400 KB ("Constraints in Amazon DynamoDB"), with its other attributes. */
const MAX_STATE_BYTES = 380_000;

/** The state as an execution record holds it; `undefined` if it is too large for an item of the table. */
export function stateText(state: ExecutionState): string | undefined {
  let bytesLeft = MAX_FOUND_BYTES;
  const kept = [...state].filter(([, step]) => {
    if (step.kind !== 'found') return true;
    const bytes = Buffer.byteLength(JSON.stringify(step.found));
    if (bytes > bytesLeft) return false;
    bytesLeft -= bytes;
    return true;
  });
  const text = JSON.stringify(kept);
  return Buffer.byteLength(text) <= MAX_STATE_BYTES ? text : undefined;
}

/** @throws SyntaxError if the text is none that `stateText` made. */
export function readState(text: string): ExecutionState {
  const entries = parseExact(text);
  if (Array.isArray(entries)) return new Map(entries);
  throw new SyntaxError('The execution record is not a list of steps');
}
