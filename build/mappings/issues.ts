import * as z from 'zod';
import type { MappingDocument, Path, Problem } from './document.ts';
import { instead } from './suggest.ts';

/** The keys of the object that a shape has at a path. */
function keysAt(shape: z.core.$ZodType, [part, ...rest]: Path): readonly string[] {
  if (shape instanceof z.ZodOptional)
    return keysAt(shape.unwrap(), part === undefined ? [] : [part, ...rest]);
  if (shape instanceof z.ZodArray) return keysAt(shape.element, rest);
  if (!(shape instanceof z.ZodObject)) return [];
  const inner = part === undefined ? undefined : shape.shape[String(part)];
  if (part === undefined) return Object.keys(shape.shape);
  return inner === undefined ? [] : keysAt(inner, rest);
}

/** Of a value that can be one of several things: what is wrong inside it, if one of them came close. */
function closestBranch({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] {
  const deep = errors.find((issues) => issues.every(({ path }) => path.length > 0));
  return deep ?? [];
}

const hasValue = (value: unknown, path: Path): boolean =>
  path.reduce<unknown>((inner, part) => Object(inner)[part], value) !== undefined;

const isPathPart = (part: PropertyKey): part is string | number => typeof part !== 'symbol';

function messageOf(issue: z.core.$ZodIssue, isThere: boolean): string {
  const { message } = issue.code === 'invalid_key' ? (issue.issues[0] ?? issue) : issue;
  if (isThere || message.startsWith('is missing')) return message;
  const [, remedy] = message.split(' — ');
  return remedy === undefined ? 'is missing' : `is missing — ${remedy}`;
}

interface Checked {
  readonly shape: z.core.$ZodType;
  readonly value: unknown;
  /** From the document to the value. */
  readonly at: Path;
  readonly document: MappingDocument;
}

function problemsOf(issue: z.core.$ZodIssue, base: Path, checked: Checked): Problem[] {
  const { shape, value, at, document } = checked;
  const inner = [...base, ...issue.path.filter(isPathPart)];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const remedy = instead(key, keysAt(shape, inner));
      return document.problemAtKey([...at, ...inner, key], `is an unknown key${remedy}`);
    });
  const branch = issue.code === 'invalid_union' ? closestBranch(issue) : [];
  if (branch.length > 0) return branch.flatMap((one) => problemsOf(one, inner, checked));
  const path = [...at, ...inner];
  const message = messageOf(issue, hasValue(value, inner));
  if (issue.code === 'invalid_key') return [document.problemAtKey(path, message)];
  return [document.problemAt(path, message)];
}

/** What of a value does not have its shape. */
export function shapeProblems(checked: Checked): Problem[] {
  const { error } = z.safeParse(checked.shape, checked.value);
  return (error?.issues ?? []).flatMap((issue) => problemsOf(issue, [], checked));
}
