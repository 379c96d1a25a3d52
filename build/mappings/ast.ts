import jsonata from 'jsonata';

/** A part of a compiled expression, as JSONata's parser makes it. */
export interface AstNode {
  readonly type: string;
  readonly value?: unknown;
  /** Behind the token's last character. */
  readonly position?: number;
  readonly steps?: readonly AstNode[];
  readonly arguments?: readonly AstNode[];
  readonly procedure?: AstNode;
  readonly lhs?: AstNode;
  readonly rhs?: AstNode;
  /** Of a step: `@$name` and `#$name`. */
  readonly focus?: string;
  readonly index?: string;
}

export const isNode = (value: unknown): value is AstNode =>
  typeof value === 'object' && value !== null && typeof Object(value).type === 'string';

/** The nodes right below a node, in the order of the text, with whether they see the node's own context. */
export function childrenOf(node: AstNode): { node: AstNode; isSameContext: boolean }[] {
  const below = (value: unknown): AstNode[] => {
    if (isNode(value)) return [value];
    if (Array.isArray(value)) return value.flatMap(below);
    const isPlain = typeof value === 'object' && value !== null && !(value instanceof RegExp);
    return isPlain ? Object.values(value).flatMap(below) : [];
  };
  const { type, ...parts } = node;
  return Object.entries(parts).flatMap(([part, value]) => {
    const [first, ...rest] = below(value);
    if (first === undefined) return [];
    const changes = ['stages', 'predicate', 'group', 'terms'].includes(part);
    const isFirstSame = !changes && !(type === 'transform');
    const areRestSame = isFirstSame && part !== 'steps';
    return [
      { node: first, isSameContext: isFirstSame },
      ...rest.map((one) => ({ node: one, isSameContext: areRestSame })),
    ];
  });
}

/** All nodes of a tree. */
export const nodesOf = (node: AstNode): AstNode[] => [
  node,
  ...childrenOf(node).flatMap((child) => nodesOf(child.node)),
];

/** @throws the parser's error, an object with `message` and `position`. */
export const parseExpression = (source: string): AstNode => Object(jsonata(source).ast());

/** The names with which a path begins, such as `detail.issue.id`; of others, none. */
export function leadingNames(node: AstNode): string[] {
  const steps = node.steps ?? [];
  const end = steps.findIndex(({ type }) => type !== 'name');
  return steps.slice(0, end < 0 ? undefined : end).map(({ value }) => String(value));
}

/** The paths from the event that an expression reads, as far as they consist of names. */
export function eventPathsOf(node: AstNode, isRoot = true): string[][] {
  const own = node.type === 'path' ? rootPathOf(node, isRoot) : [];
  const below = childrenOf(node).flatMap((child) =>
    eventPathsOf(child.node, isRoot && child.isSameContext),
  );
  return own.length > 0 ? [own, ...below] : below;
}

function rootPathOf(node: AstNode, isRoot: boolean): string[] {
  const [first, ...rest] = node.steps ?? [];
  const isRootVariable =
    first?.type === 'variable' && (first.value === '$' || (first.value === '' && isRoot));
  if (isRootVariable) return leadingNames({ type: 'path', steps: rest });
  return isRoot ? leadingNames(node) : [];
}
