import {
  type Document,
  isAlias,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  visit,
} from 'yaml';

/** From the document to a value: keys and indices. */
export type Path = readonly (string | number)[];

/** Something to correct in a mapping's file. */
export interface Problem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Such as `steps[1].fields.Name`; the document itself: empty. */
  readonly place: string;
  /** What is wrong — what would be right. */
  readonly message: string;
}

export const placeOf = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');

/** A YAML document that knows where each of its values stands. */
export interface MappingDocument {
  /** `undefined` if it can't be read. */
  readonly value: unknown;
  /** What is wrong with it as YAML. */
  readonly problems: readonly Problem[];
  /** @param offset a character of the value, if that is a text. */
  readonly problemAt: (path: Path, message: string, offset?: number) => Problem;
  /** About a key instead of its value. */
  readonly problemAtKey: (path: Path, message: string) => Problem;
}

/** A value with an expression that is not quoted. */
const BARE_EXPRESSION = /^[^'"#]*[:{,[-] +[^'"#|>]*\{%/;
const BARE = "is an expression without quotes — write '{% … %}' for the whole value";
const DUPLICATE = 'is a duplicate key — keep one of them';
const TOO_DEEP = 'is nested too deeply — write less deeply';
const SEVERAL = 'is a second document — write one mapping in a file';

function describeScalar({ value, source }: Scalar): string | undefined {
  if (typeof value !== 'number' || source === undefined) return undefined;
  if (!Number.isFinite(value))
    return `YAML reads ${source} as ${value}, which no request can have — put it in quotes, or leave it out`;
  if (String(value) === source) return undefined;
  return `YAML reads ${source} as the number ${value} — put it in quotes to keep it as it is, or write ${value}`;
}

function describeNode(key: unknown, node: unknown): string | undefined {
  if (isAlias(node)) return 'is a YAML alias — write the value out, or name it in let';
  // JavaScript takes it for something else.
  if (key === 'key' && isScalar(node) && node.value === '__proto__')
    return 'is not a name that can be used — choose another';
  if (!isScalar(node)) return undefined;
  if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:'))
    return 'has a YAML tag — leave the tag out';
  return describeScalar(node);
}

/** The keys and indices that lead to a node. */
const pathTo = (node: unknown, ancestors: readonly unknown[]): Path =>
  ancestors.flatMap((ancestor, index): Path => {
    if (isPair(ancestor)) return isScalar(ancestor.key) ? [String(ancestor.key.value)] : [];
    const child = ancestors[index + 1] ?? node;
    return isSeq(ancestor) ? [ancestor.items.indexOf(child)] : [];
  });

/** Where a text's own characters begin; `undefined` where its lines are folded. */
function textStart(node: Node, source: string): number | undefined {
  if (!isScalar(node) || !node.range || typeof node.value !== 'string') return undefined;
  const isQuoted = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE;
  const start = node.range[0] + (isQuoted ? 1 : 0);
  return source.startsWith(node.value, start) ? start : undefined;
}

/** What is wrong with a file's YAML. `problem` makes a problem at an offset of the file. */
function yamlProblems(
  document: Document.Parsed,
  lineAt: (offset: number) => string,
  problem: (offset: number, path: Path, message: string) => Problem,
): Pick<MappingDocument, 'problems'> & { readonly hasAlias: boolean } {
  const found = [...document.errors, ...document.warnings].map(({ code, message, pos }) => {
    if (code === 'DUPLICATE_KEY') return problem(pos[0], [], DUPLICATE);
    if (code === 'MULTIPLE_DOCS') return problem(pos[0], [], SEVERAL);
    if (message.startsWith('Maximum call stack')) return problem(pos[0], [], TOO_DEEP);
    const isBare = BARE_EXPRESSION.test(lineAt(pos[0]));
    return problem(pos[0], [], isBare ? BARE : `${message} — correct the YAML`);
  });
  // YAML stumbles twice over such a line.
  const problems = found.filter(
    ({ line, message }, index) =>
      message !== BARE || found.findIndex((one) => one.line === line) === index,
  );
  let hasAlias = false;
  visit(document, (key, node, ancestors) => {
    hasAlias ||= isAlias(node);
    const message = describeNode(key, node);
    if (message === undefined) return;
    problems.push(problem(Object(node).range?.[0] ?? 0, pathTo(node, ancestors), message));
  });
  return { problems, hasAlias };
}

/** Parses a mapping's file; everything that is wrong with its YAML is a problem. */
export function readDocument(source: string): MappingDocument {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const problem = (offset: number, path: Path, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), place: placeOf(path), message };
  };
  const lineAt = (offset: number): string =>
    source.split('\n')[lines.linePos(offset).line - 1] ?? '';
  const { problems, hasAlias } = yamlProblems(document, lineAt, problem);

  const nodeAt = (path: Path): Node | undefined => {
    if (path.length === 0) return document.contents ?? undefined;
    const node = document.getIn(path, true);
    return typeof node === 'object' && node !== null && 'range' in node ? Object(node) : undefined;
  };
  /** What is missing is reported at what it is missing in. */
  const nearestTo = (path: Path): Node | undefined =>
    nodeAt(path) ?? (path.length === 0 ? undefined : nearestTo(path.slice(0, -1)));
  const problemAt = (path: Path, message: string, offset = 0): Problem => {
    const node = nearestTo(path);
    const start = node && offset > 0 ? textStart(node, source) : undefined;
    return problem(start === undefined ? (node?.range?.[0] ?? 0) : start + offset, path, message);
  };
  return {
    // An alias can make a value of any size, or one without an end.
    value:
      !hasAlias && document.errors.every(({ code }) => code === 'DUPLICATE_KEY')
        ? document.toJS()
        : undefined,
    problems,
    problemAt,
    problemAtKey: (path, message) => {
      const map: unknown = nodeAt(path.slice(0, -1));
      const pair = Object(map).items?.find(
        (item: unknown) =>
          isPair(item) && isScalar(item.key) && String(item.key.value) === path.at(-1),
      );
      return problem(Object(pair?.key).range?.[0] ?? 0, path, message);
    },
  };
}
