import type Jsonata from 'jsonata';
import { isExactNumber } from '#common/json.ts';
import type { Expression } from '../definition.ts';
import { EvaluationTime } from './evaluation-time.ts';
import { toMappingError } from './failure.ts';
import { type BuiltIn, loadPhone, registrations } from './functions.ts';
import { EXPRESSION_MS, requireSequence, requireText, SEQUENCE, STACK } from './limits.ts';
import { createRegexEngine } from './regex.ts';
import { type Selection, select, selectionOf, UNKNOWN } from './selection.ts';
import { copyResult, toInput } from './values.ts';

/** What an expression sees. */
export interface Scope {
  readonly mapping: string;
  /** The root: the EventBridge event, parsed by `parseExact`. */
  readonly event: object;
  /** Name without `$` → value. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** What `$key()` gives; absent while `key` itself is evaluated. */
  readonly key?: string | undefined;
}

/**
 * Evaluates an expression to a copy of its result; `undefined` if it selects nothing.
 *
 * @throws MappingError when the expression fails or exceeds a limit, EvaluationTimeError when the batch has no time left
 * for this mapping.
 */
export type Evaluate = (expression: Expression, scope: Scope) => Promise<unknown>;

/** JSONata calls it, if it is bound, with what each part of an expression gave. */
const EXIT = Symbol.for('jsonata.__evaluate_exit');
const TIME_IS_OVER = { code: 'D1012', message: `Evaluation timeout after ${EXPRESSION_MS} ms` };

/** Parts of an expression that give what is there already. */
const SELECTING: ReadonlySet<string> = new Set(['name', 'path', 'variable', 'condition', 'block']);

/** What parts of the running expression are checked for: there is one at a time. */
class Run {
  #deadline = 0;
  sawExactNumber = false;

  readonly limitMs: number;

  constructor(limitMs: number) {
    this.limitMs = limitMs;
  }

  start(): number {
    const now = Date.now();
    this.#deadline = now + this.limitMs;
    this.sawExactNumber = false;
    return now;
  }

  readonly requireTime = (): void => {
    if (Date.now() > this.#deadline) throw TIME_IS_OVER;
  };

  /** A text of the event may be long; one that the expression makes may not. */
  readonly check = (
    { type }: Jsonata.ExprNode,
    _input: unknown,
    _frame: unknown,
    result: unknown,
  ) => {
    if (Array.isArray(result)) requireSequence(result.length);
    if (typeof result === 'string' && !SELECTING.has(type)) requireText(result.length);
    if (isExactNumber(result)) this.sawExactNumber = true;
  };
}

const assignSymbol = (expression: Jsonata.Expression, symbol: symbol, value: unknown): void => {
  // JSONata's types allow text only.
  const { assign }: { assign: (name: symbol, value: unknown) => void } = Object(expression);
  assign(symbol, value);
};

async function readBuiltIns(jsonata: typeof Jsonata): Promise<BuiltIn> {
  const names = ['pad', 'join', 'replace', 'clone', 'sort', 'number', 'type'];
  const functions = await jsonata(`[${names.map((name) => `$${name}`).join()}]`).evaluate({});
  const byName = new Map(names.map((name, index) => [name, functions[index].implementation]));
  return (name) => byName.get(name);
}

/** Runs one task after another: the time limit is of the clock, and tasks side by side would share it. */
function createLock() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(task: () => Promise<Result>): Promise<Result> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}

async function createCompiler(run: Run) {
  const [{ default: jsonata }, { RE2JS }] = await Promise.all([import('jsonata'), import('re2js')]);
  const registered = registrations(await readBuiltIns(jsonata));
  const options: Jsonata.JsonataOptions = {
    RegexEngine: createRegexEngine(RE2JS, run.requireTime),
    timeout: run.limitMs,
    stack: STACK,
    sequence: SEQUENCE,
  };
  const compiled = new Map<string, Jsonata.Expression>();
  return (source: string): Jsonata.Expression => {
    const known = compiled.get(source);
    if (known !== undefined) return known;
    const expression = jsonata(source, options);
    for (const { name, implementation, signature } of registered)
      expression.registerFunction(name, implementation, signature);
    assignSymbol(expression, EXIT, run.check);
    compiled.set(source, expression);
    return expression;
  };
}

/** `toInput`, once for each event and record. */
function createInputs() {
  const inputs = new WeakMap<object, unknown>();
  return (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return toInput(value);
    if (!inputs.has(value)) inputs.set(value, toInput(value));
    return inputs.get(value);
  };
}

/** What an expression that only selects gives; `UNKNOWN`: JSONata has to evaluate it. */
function createSelect(inputOf: (value: unknown) => unknown) {
  const selections = new Map<string, Selection | undefined>();
  return (source: string, event: object, variables: Scope['variables']): unknown => {
    if (!selections.has(source)) selections.set(source, selectionOf(source));
    const selection = selections.get(source);
    if (selection === undefined) return UNKNOWN;
    if (!selection.isVariable) return select(selection, inputOf(event));
    const [name = '', ...names] = selection.names;
    if (!Object.hasOwn(variables, name)) return UNKNOWN;
    return select({ ...selection, names }, inputOf(variables[name]));
  };
}

/** @throws MappingError as an evaluation does. */
function copySelected(value: unknown, place: string): unknown {
  try {
    return copyResult(value);
  } catch (error) {
    throw toMappingError(error, place, false);
  }
}

/**
 * Loads JSONata: 10 ms, and 7 ms for its regular expressions, which a stack without mappings need not spend.
 *
 * @param limitMs what one expression may take.
 * @returns what starts a batch: its expressions share the time that a batch has for them.
 */
export async function createEvaluator(limitMs = EXPRESSION_MS): Promise<() => Evaluate> {
  const run = new Run(limitMs);
  const compile = await createCompiler(run);
  const inTurn = createLock();
  const inputOf = createInputs();
  const selectFrom = createSelect(inputOf);

  const evaluateNow = async (
    { source, place }: Expression,
    { mapping, event, variables, key }: Scope,
    time: EvaluationTime,
  ): Promise<unknown> => {
    time.require(mapping);
    if (source.includes('$phone')) await loadPhone();
    const selected = selectFrom(source, event, variables);
    if (selected !== UNKNOWN) return copySelected(selected, place);
    const input = inputOf(event);
    const bindings = Object.entries(variables).map(([name, value]) => [name, inputOf(value)]);
    if (key !== undefined) bindings.push(['key', () => key]);
    const startedAt = run.start();
    let wasCut = false;
    try {
      return copyResult(await compile(source).evaluate(input, Object.fromEntries(bindings)));
    } catch (error) {
      const failure = toMappingError(error, place, run.sawExactNumber);
      wasCut = failure.code === 'MAPPING_TIMEOUT';
      throw failure;
    } finally {
      time.spend(mapping, Date.now() - startedAt, wasCut);
    }
  };
  return () => {
    const time = new EvaluationTime();
    return (expression, scope) => inTurn(() => evaluateNow(expression, scope, time));
  };
}
