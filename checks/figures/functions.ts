import { type CallExpression, type Program, type Span, Visitor } from 'oxc-parser';

export interface MeasuredFunction {
  /** Empty for a callback. */
  readonly name: string;
  /** The line that it begins on, from 1, and how many it has. */
  readonly line: number;
  readonly lines: number;
}

type LineOf = (offset: number) => number;

interface Callable extends Span {
  readonly type: string;
  readonly body: { readonly type: string } | null;
}

/** `describe` groups tests: what it is given is no function that anybody reads as one. */
const isGroup = ({ callee }: CallExpression): boolean => {
  const name = callee.type === 'CallExpression' ? callee.callee : callee;
  const root = name.type === 'MemberExpression' ? name.object : name;
  return root.type === 'Identifier' && root.name === 'describe';
};

/** Remembers what functions are called where they stand; a parent is visited before its children. */
function createNames() {
  const names = new Map<number, string>();
  const note = (key: { readonly type: string }, value: Span | null): void => {
    if (value && 'name' in key) names.set(value.start, String(key.name));
  };
  const visitor = {
    VariableDeclarator: ({ id, init }) => note(id, init),
    Property: ({ key, value }) => note(key, value),
    PropertyDefinition: ({ key, value }) => note(key, value),
    MethodDefinition: ({ key, value }) => note(key, value),
  } satisfies ConstructorParameters<typeof Visitor>[0];
  return { visitor, of: ({ start }: Span): string => names.get(start) ?? '' };
}

/**
 * The functions of a file: those with a name (declared, assigned, properties, methods) and callbacks with a body of
 * statements. A callback that is one expression belongs to the line that it stands on.
 */
export function functionsIn(program: Program, lineOf: LineOf): MeasuredFunction[] {
  const names = createNames();
  const groups = new Set<number>();
  const functions: MeasuredFunction[] = [];
  const add = (node: Callable, name: string): void => {
    const isLine = name === '' && node.body?.type !== 'BlockStatement';
    if (node.body === null || isLine || groups.has(node.start)) return;
    const line = lineOf(node.start);
    functions.push({ name, line, lines: lineOf(node.end) - line + 1 });
  };
  new Visitor({
    ...names.visitor,
    CallExpression: (call) => {
      if (isGroup(call)) for (const { start } of call.arguments) groups.add(start);
    },
    FunctionDeclaration: (node) => add(node, node.id?.name ?? ''),
    FunctionExpression: (node) => add(node, node.id?.name ?? names.of(node)),
    ArrowFunctionExpression: (node) => add(node, names.of(node)),
  }).visit(program);
  return functions;
}
