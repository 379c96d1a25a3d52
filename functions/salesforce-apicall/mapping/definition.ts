/**
 * A mapping as the function loads it: what the build makes of `mappings/<name>.yaml` once it has checked it. Nothing in it
 * needs checking again: names exist, expressions compile, defaults are filled in.
 */
export interface Mapping {
  /** The file's name without `.yaml`. It is part of the key of every effect: a renamed mapping is a new one. */
  readonly name: string;
  readonly description: string;
  readonly priority: 'normal' | 'low';
  readonly on: EventPattern;
  /** Names what the event creates; absent: the delivery's URN, or else the event's id. */
  readonly key?: Expression | undefined;
  /** In the order in which they are evaluated: each may use those before it. */
  readonly let: readonly Definition[];
  readonly steps: readonly Step[];
}

/** An event pattern within the subset that `matchesPattern` understands: the build refuses others. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

/** A JSONata expression, without its `{% %}`. */
export interface Expression {
  readonly source: string;
  /** Where it stands in its step, or for `key` and `let` in the mapping: `fields.Title__c`, `where[1].Phone`. */
  readonly place: string;
}

/** A value as it stands in the file. A map or a list with an expression in it is a `Template`, never a constant. */
export interface Constant {
  readonly constant: unknown;
}

export type Value = Constant | Expression;

/** A value with expressions anywhere in it: `let`, and what a call sends. */
export type Template =
  | Value
  | { readonly map: Readonly<Record<string, Template>> }
  | { readonly list: readonly Template[] };

/** `$name` in the expressions after it. */
interface Definition {
  readonly name: string;
  readonly value: Template;
}

interface AnyStep {
  /** `as`, or else `<verb>-<Object>`, with `-2`, `-3` for repeats: unique in the mapping, and part of effects' keys. */
  readonly name: string;
  /** The variable that later steps know the result by; absent: none. */
  readonly as?: string | undefined;
  readonly when?: Expression | undefined;
  readonly unless?: Expression | undefined;
}

/** Field → value. The alternatives of a `where` are one map each. */
export type Conditions = Readonly<Record<string, Value>>;

export interface FindStep extends AnyStep {
  readonly verb: 'find';
  readonly as: string;
  readonly object: string;
  /** At least one alternative; a record that satisfies all conditions of any of them is found. */
  readonly where: readonly Conditions[];
  /** A SOQL condition, ANDed. */
  readonly filter?: string | undefined;
  /** What the query selects: `Id`, the fields of `select`, and those that `where` and `order` name. */
  readonly select: readonly string[];
  /** The query's whole ORDER BY, which ends with `Id`. Absent: the order has no effect on what is found. */
  readonly order?: string | undefined;
  readonly many: 'fail' | 'first' | 'all';
  readonly none: 'continue' | 'fail' | 'retry' | 'stop';
}

interface AnyWrite extends AnyStep {
  /** The step's items; absent: the step writes once. */
  readonly each?: Expression | undefined;
  /** Absent: the item's index. */
  readonly itemKey?: Expression | undefined;
  /** Text field → length in UTF-16 code units to which it is cut. */
  readonly fit?: Readonly<Record<string, number>> | undefined;
  readonly headers?: Readonly<Record<string, Value>> | undefined;
}

/** Relationship name → the parent by its external id field. */
interface Parent {
  readonly parent: { readonly field: string; readonly value: Value };
}

export type Fields = Readonly<Record<string, Value | Parent>>;

/** The record that a step writes: by id, or by an external id field. */
export type Target =
  | { readonly id: Value }
  | { readonly by: { readonly field: string; readonly value: Value } };

interface RecordWrite extends AnyWrite {
  readonly object: string;
  /** What a `null` among the fields does: `clear` sends it, `keep` leaves it out. */
  readonly nulls: 'clear' | 'keep';
  readonly fields: Fields;
}

export interface CreateStep extends RecordWrite {
  readonly verb: 'create';
  /** The event id field: Salesforce itself makes one record for an effect. */
  readonly once?: string | undefined;
}

export interface UpsertStep extends RecordWrite {
  readonly verb: 'upsert';
  /** An id that is missing creates a record. */
  readonly target: Target;
}

export interface UpdateStep extends RecordWrite {
  readonly verb: 'update';
  readonly target: Target;
}

export interface DeleteStep extends AnyWrite {
  readonly verb: 'delete';
  readonly object: string;
  readonly target: Target;
}

/** A request of apicall, which obeys all allow-lists. */
export interface CallStep extends AnyWrite {
  readonly verb: 'call';
  readonly request: {
    readonly action: Value;
    readonly resource: Value;
    readonly object?: Value | undefined;
    readonly record?: Value | undefined;
    readonly query?: Readonly<Record<string, Value>> | undefined;
    readonly payload?: Template | undefined;
  };
}

export type WriteStep = CreateStep | UpsertStep | UpdateStep | DeleteStep | CallStep;
export type Step = FindStep | WriteStep;
