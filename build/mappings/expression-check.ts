import { RE2JS } from 're2js';
import { dateIn } from '../../functions/salesforce-apicall/mapping/expression/date.ts';
import { compileRegex } from '../../functions/salesforce-apicall/mapping/expression/regex.ts';
import { type AstNode, eventPathsOf, leadingNames, nodesOf, parseExpression } from './ast.ts';
import { allowedFunctions, refusalOf } from './jsonata-functions.ts';
import { closest, instead } from './suggest.ts';

/** What a variable holds, as far as it matters which of its fields are read. */
export type Variable =
  | { readonly kind: 'value' }
  /** A record of a find: its fields by path, such as `Account.Name`. */
  | { readonly kind: 'record'; readonly fields: readonly string[] }
  /** What a write gives. */
  | { readonly kind: 'written' };

export interface Names {
  /** Name without `$` → what it holds. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Those that only later steps know. */
  readonly later: ReadonlySet<string>;
  /** Whether `$key()` is known. */
  readonly hasKey: boolean;
}

export interface ExpressionIssue {
  readonly message: string;
  /** In the expression's text, from 0; absent where the parser tells none. */
  readonly offset?: number | undefined;
}

const WRITTEN = ['Id', 'created'];
/** A regular expression this large is slow for any text. */
const MAX_PROGRAM_SIZE = 2_000;
/** What JavaScript keeps of a number in decimal digits. */
const MAX_DIGITS = 15;

/** JSONata's positions mark the end of a token. */
const offsetOf = ({ position, value }: AstNode): number | undefined =>
  position === undefined ? undefined : Math.max(0, position - String(value ?? '').length - 1);

/** The variables that an expression defines itself. */
const definedIn = (nodes: readonly AstNode[]): Set<string> =>
  new Set(
    nodes.flatMap(({ type, lhs, arguments: parameters, focus, index }) => [
      ...(type === 'bind' ? [String(lhs?.value)] : []),
      ...(type === 'lambda' ? (parameters ?? []).map(({ value }) => String(value)) : []),
      ...[focus, index].filter((name) => name !== undefined),
    ]),
  );

function describeVariable(name: string, { variables, later, hasKey }: Names): string | undefined {
  const refusal = refusalOf(name);
  if (refusal !== undefined) return `$${name} cannot be used in a mapping — ${refusal}`;
  if (name === 'key' && !hasKey)
    return '$key() is not known here — it is what this expression gives';
  if (variables.has(name) || allowedFunctions.has(name)) return undefined;
  if (later.has(name))
    return `$${name} is the result of this or a later step — move the step that needs it behind it`;
  const known = [...variables.keys()];
  const best = closest(name, [...known, ...allowedFunctions]);
  if (best !== undefined) return `$${name} is not defined — did you mean $${best}?`;
  return `$${name} is not defined${instead(name, known, (one) => `$${one}`)}`;
}

function describeRegex({ value }: AstNode): string | undefined {
  if (!(value instanceof RegExp)) return undefined;
  try {
    const size = compileRegex(RE2JS, value).programSize();
    if (size <= MAX_PROGRAM_SIZE) return undefined;
    return `/${value.source}/ is too large a regular expression — use smaller counts in {…}`;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*?: /, '') : '';
    return `/${value.source}/ is not a regular expression of RE2 (${reason}) — write it without look-around and back-references`;
  }
}

/** `detail-type` is `detail` minus `type`. */
function describeMinus({ lhs, rhs }: AstNode): string | undefined {
  const isDetailType =
    lhs && rhs && leadingNames(lhs).at(-1) === 'detail' && leadingNames(rhs)[0] === 'type';
  return isDetailType
    ? 'detail-type is read as detail minus type — write it in backticks: `detail-type`'
    : undefined;
}

/** Of a path that begins with a step's result: whether that has the field. */
function describeField({ steps }: AstNode, { variables }: Names): string | undefined {
  const [first, ...rest] = steps ?? [];
  if (first?.type !== 'variable') return undefined;
  const name = String(first.value);
  const variable = variables.get(name);
  const path = leadingNames({ type: 'path', steps: rest }).join('.');
  if (variable === undefined || variable.kind === 'value' || path === '') return undefined;
  if (variable.kind === 'written')
    return WRITTEN.some((field) => path === field)
      ? undefined
      : `$${name} has no ${path} — the result of a write has Id and created`;
  const isSelected = variable.fields.some(
    (field) => field === path || path.startsWith(`${field}.`) || field.startsWith(`${path}.`),
  );
  if (isSelected) return undefined;
  const best = variable.fields.find((field) => field.toLowerCase() === path.toLowerCase());
  return best === undefined
    ? `${path} is not a field that $${name} selects — add it to the find's select`
    : `$${name} selects ${best}, not ${path} — write it alike`;
}

const isText = ({ type }: AstNode): boolean => type === 'string';

function describeCall(node: AstNode, applied: ReadonlySet<AstNode>): string | undefined {
  const { procedure, arguments: given = [] } = node;
  const name = String(procedure?.value);
  if (procedure?.type === 'path') {
    const called = String(procedure.steps?.[0]?.value);
    return `${called}(…) is not a function — did you mean $${closest(called, allowedFunctions) ?? called}(…)?`;
  }
  const options = applied.has(node) ? given : given.slice(1);
  if ((name === 'fromMillis' || name === 'toMillis') && !options.every(isText))
    return `$${name} takes constant texts as its picture and time zone — write them in quotes`;
  const [zone] = options;
  if (name !== 'date' || zone === undefined || !isText(zone)) return undefined;
  try {
    dateIn('2026-01-01T00:00:00Z', zone.value);
    return undefined;
  } catch {
    return `${JSON.stringify(zone.value)} is not a time zone — write one such as "Europe/Vienna"`;
  }
}

function describeName(
  { value }: AstNode,
  names: Names,
  own: ReadonlySet<string>,
): string | undefined {
  const name = String(value);
  return name === '' || name === '$' || own.has(name) ? undefined : describeVariable(name, names);
}

function describeNumber({ value }: AstNode): string | undefined {
  if (String(value).replaceAll(/\D/g, '').length <= MAX_DIGITS) return undefined;
  return `a number of more than ${MAX_DIGITS} digits loses some — write it as a text, in quotes`;
}

interface Tree {
  /** The variables that the expression defines itself. */
  readonly own: ReadonlySet<string>;
  /** The calls behind `~>`, which have one argument more than is written. */
  readonly applied: ReadonlySet<AstNode>;
}

function describeNode(node: AstNode, names: Names, tree: Tree): string | undefined {
  switch (node.type) {
    case 'variable':
      return describeName(node, names, tree.own);
    case 'regex':
      return describeRegex(node);
    case 'binary':
      return node.value === '-' ? describeMinus(node) : undefined;
    case 'path':
      return describeField(node, names);
    case 'function':
    case 'partial':
      return describeCall(node, tree.applied);
    case 'number':
      return describeNumber(node);
    default:
      return undefined;
  }
}

function parse(source: string): AstNode | ExpressionIssue {
  try {
    return parseExpression(source);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    const { message, position, token } = Object(error);
    const offset = typeof position === 'number' ? position - String(token ?? '').length : undefined;
    return { message: `${message} — correct the expression`, offset };
  }
}

/** Of an expression that gives a function, instead of what that gives. */
function describeFunction(tree: AstNode, { variables }: Names): ExpressionIssue | undefined {
  const name = String(tree.value);
  const isNamed = tree.type === 'variable' && allowedFunctions.has(name) && !variables.has(name);
  if (!(isNamed || ['lambda', 'partial', 'regex'].includes(tree.type))) return undefined;
  return { message: 'gives a function — call it with ()', offset: offsetOf(tree) };
}

const TOO_DEEP = { message: 'is nested too deeply — put parts of it into let', offset: undefined };

interface CheckedExpression {
  /** What it reads of the event, as far as its paths consist of names. */
  readonly eventPaths: readonly (readonly string[])[];
  readonly issues: readonly ExpressionIssue[];
}

function checkTree(tree: AstNode, names: Names): CheckedExpression {
  const nodes = nodesOf(tree);
  const own = definedIn(nodes);
  const applied = new Set(
    nodes.flatMap(({ type, rhs }) => (type === 'apply' && rhs !== undefined ? [rhs] : [])),
  );
  const issues = nodes.flatMap((node): ExpressionIssue[] => {
    const message = describeNode(node, names, { own, applied });
    return message === undefined ? [] : [{ message, offset: offsetOf(node) }];
  });
  const gives = describeFunction(tree, names);
  const eventPaths = eventPathsOf(tree);
  return { eventPaths, issues: gives === undefined ? issues : [...issues, gives] };
}

/** Finds what is wrong with an expression. */
export function checkExpression(source: string, names: Names): CheckedExpression {
  try {
    const tree = parse(source);
    return 'type' in tree ? checkTree(tree, names) : { eventPaths: [], issues: [tree] };
  } catch (error) {
    // The parser, and what walks its tree, recur.
    if (error instanceof RangeError) return { eventPaths: [], issues: [TOO_DEEP] };
    throw error;
  }
}
