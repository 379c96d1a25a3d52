import type {
  Condition,
  ConditionWithValueQuery,
  HavingClause,
  WhereClause,
} from '@jetstreamapp/soql-parser-js';
import { malformed, unexpected, unsupported } from './errors.ts';

type Clause = WhereClause | HavingClause;
type Leaf = Exclude<ConditionWithValueQuery, { openParen: number }> | Condition;
type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | Leaf;

/** A condition whose parts are joined by one operator. */
export type Tree<Part> =
  | { readonly operator: 'AND' | 'OR'; readonly parts: readonly Tree<Part>[] }
  | { readonly operator: 'NOT'; readonly part: Tree<Part> }
  | { readonly operator: 'IS'; readonly part: Part };

const isJoin = (token: unknown): token is 'AND' | 'OR' => token === 'AND' || token === 'OR';

const parentheses = (token: '(' | ')', length = 0): Token[] => Array.from({ length }, () => token);

interface Link {
  readonly left: Clause['left'];
  readonly operator?: 'AND' | 'OR' | 'NOT';
  readonly right?: Link;
}

/** A link's own tokens. NOT stands in front of the next link. */
function ownTokens({ left, operator }: Link): Token[] {
  if (operator === 'NOT') return [...parentheses('(', left?.openParen), 'NOT'];
  if (left === null) return [];
  const closing = 'closeParen' in left ? left.closeParen : 0;
  return [
    ...parentheses('(', left.openParen),
    left,
    ...parentheses(')', closing),
    ...(operator === undefined ? [] : [operator]),
  ];
}

/** The parser's list of conditions, which counts parentheses but does not nest by them, as the tokens it was read from. */
function tokensOf(clause: Link): Token[] {
  const tokens: Token[] = [];
  for (let link: Link | undefined = clause; link !== undefined; link = link.right)
    tokens.push(...ownTokens(link));
  return tokens;
}

const isLeaf = (token: Token | undefined): token is Leaf => typeof token === 'object';

const count = (tokens: readonly Token[], wanted: Token): number =>
  tokens.filter((token) => token === wanted).length;

/** The parser loses a NOT, with its parentheses, that is nested in two others. */
function requireBalance(tokens: readonly Token[]): void {
  if (count(tokens, '(') !== count(tokens, ')')) throw unsupported('NOT in NOT in NOT');
}

/**
 * Nests conditions by their parentheses.
 *
 * @throws ApiError MALFORMED_QUERY where AND and OR are mixed without parentheses, or NOT stands between other
 *   conditions without its own ("SOQL and SOSL Reference", Logical Operators).
 */
export function treeOf<Part>(
  statement: string,
  clause: Clause,
  compile: (leaf: Leaf) => Part,
): Tree<Part> {
  const tokens = tokensOf(clause);
  requireBalance(tokens);
  let next = 0;
  const refuse = (): never => {
    const token = tokens[next];
    if (token === undefined) throw unexpected(statement, '<EOF>');
    if (!isLeaf(token)) throw unexpected(statement, token);
    throw malformed('Conditions must be joined by AND or OR');
  };

  function operand(): Tree<Part> {
    const token = tokens[next];
    if (isLeaf(token)) {
      next += 1;
      return { operator: 'IS', part: compile(token) };
    }
    if (token !== '(') return refuse();
    next += 1;
    const inner = expression();
    if (tokens[next] !== ')') return refuse();
    next += 1;
    return inner;
  }

  function expression(): Tree<Part> {
    if (tokens[next] === 'NOT') {
      next += 1;
      return { operator: 'NOT', part: operand() };
    }
    const first = operand();
    const operator = tokens[next];
    if (!isJoin(operator)) return first;
    const parts = [first];
    while (tokens[next] === operator) {
      next += 1;
      parts.push(operand());
    }
    return { operator, parts };
  }

  const tree = expression();
  return next === tokens.length ? tree : refuse();
}

/** The same condition with other parts. */
export function mapTree<Part, Other>(tree: Tree<Part>, map: (part: Part) => Other): Tree<Other> {
  if (tree.operator === 'IS') return { operator: 'IS', part: map(tree.part) };
  if (tree.operator === 'NOT') return { operator: 'NOT', part: mapTree(tree.part, map) };
  return { operator: tree.operator, parts: tree.parts.map((part) => mapTree(part, map)) };
}

/** Compiles a condition to a function of what its parts test. */
export function predicateOf<Subject>(
  tree: Tree<(subject: Subject) => boolean>,
): (subject: Subject) => boolean {
  switch (tree.operator) {
    case 'IS':
      return tree.part;
    case 'NOT': {
      const test = predicateOf(tree.part);
      return (subject) => !test(subject);
    }
    case 'AND': {
      const tests = tree.parts.map(predicateOf);
      return (subject) => tests.every((test) => test(subject));
    }
    case 'OR': {
      const tests = tree.parts.map(predicateOf);
      return (subject) => tests.some((test) => test(subject));
    }
  }
}

/** The literals of a condition, with the parser's single value as a list of one. */
export function literalsOf(condition: {
  readonly value: string | readonly string[];
  readonly literalType?: string | readonly string[];
}): { type: string; value: string }[] {
  const { value, literalType = 'STRING' } = condition;
  const values = typeof value === 'string' ? [value] : value;
  return values.map((one, index) => ({
    type: (typeof literalType === 'string' ? literalType : literalType[index]) ?? 'STRING',
    value: one,
  }));
}
