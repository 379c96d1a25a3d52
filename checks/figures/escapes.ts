import { type Comment, type Program, type Span, type TSType, Visitor } from 'oxc-parser';

/** Places where a file goes around the type checker or the linter, as line numbers. */
export interface Escapes {
  readonly any: readonly number[];
  readonly nonNull: readonly number[];
  /** `as const` is none: it says nothing that the checker does not see for itself. */
  readonly casts: readonly number[];
  readonly suppressions: readonly number[];
}

const SUPPRESSION = /^\s*(?:biome-ignore|@ts-(?:ignore|expect-error|nocheck))/;

const isConst = (type: TSType): boolean =>
  type.type === 'TSTypeReference' &&
  type.typeName.type === 'Identifier' &&
  type.typeName.name === 'const';

export function escapesIn(
  program: Program,
  comments: readonly Comment[],
  lineOf: (offset: number) => number,
): Escapes {
  const any: number[] = [];
  const nonNull: number[] = [];
  const casts: number[] = [];
  const note = (lines: number[], { start }: Span): void => void lines.push(lineOf(start));
  new Visitor({
    TSAnyKeyword: (node) => note(any, node),
    TSNonNullExpression: (node) => note(nonNull, node),
    TSTypeAssertion: (node) => note(casts, node),
    TSAsExpression: (node) => {
      if (!isConst(node.typeAnnotation)) note(casts, node);
    },
  }).visit(program);
  const suppressions = comments.filter(({ value }) => SUPPRESSION.test(value));
  return { any, nonNull, casts, suppressions: suppressions.map(({ start }) => lineOf(start)) };
}
