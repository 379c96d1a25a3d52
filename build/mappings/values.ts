import type {
  Expression,
  Template,
  Value,
} from '../../functions/salesforce-apicall/mapping/definition.ts';
import type { MappingDocument, Path, Problem } from './document.ts';
import { checkExpression, type Names } from './expression-check.ts';

const OPEN = '{%';
const CLOSE = '%}';

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The expression between the marks; `undefined` if they don't stand around the whole text. */
function sourceIn(text: string): string | undefined {
  const source = text.slice(OPEN.length, -CLOSE.length);
  const isWhole = text.startsWith(OPEN) && text.endsWith(CLOSE) && !source.includes(OPEN);
  return isWhole ? source : undefined;
}

/** Makes values and expressions of what a file has, and collects what is wrong with them. */
export class ValueCompiler {
  readonly problems: Problem[] = [];
  /** What expressions read of the event, each with the place that reads it. */
  readonly eventPaths: { readonly names: readonly string[]; readonly at: Path }[] = [];
  readonly #document: MappingDocument;

  constructor(document: MappingDocument) {
    this.#document = document;
  }

  report(path: Path, message: string): void {
    this.problems.push(this.#document.problemAt(path, message));
  }

  /**
   * The expression in a text.
   *
   * @param place as in `Expression`.
   * @returns `undefined` for other values, and for texts that have `{%` and are no expressions, which is a problem.
   */
  expression(raw: unknown, at: Path, place: string, names: Names): Expression | undefined {
    if (typeof raw !== 'string' || !(raw.includes(OPEN) || raw.includes(CLOSE))) return undefined;
    const source = sourceIn(raw.trim());
    if (source === undefined) {
      this.report(at, `mixes text with {% %} — write the whole value as '{% "text" & field %}'`);
      return undefined;
    }
    const { eventPaths, issues } = checkExpression(source, names);
    const start = raw.indexOf(OPEN) + OPEN.length;
    for (const { message, offset } of issues)
      this.problems.push(
        this.#document.problemAt(at, message, offset === undefined ? 0 : start + offset),
      );
    for (const path of eventPaths) this.eventPaths.push({ names: path, at });
    return { source: source.trim(), place };
  }

  /** An expression, where only that may stand: the shape has been checked. */
  optionalExpression(raw: unknown, at: Path, place: string, names: Names): Expression | undefined {
    return raw === undefined ? undefined : this.expression(raw, at, place, names);
  }

  value(raw: unknown, at: Path, place: string, names: Names): Value {
    return this.expression(raw, at, place, names) ?? { constant: raw };
  }

  optionalValue(raw: unknown, at: Path, place: string, names: Names): Value | undefined {
    return raw === undefined ? undefined : this.value(raw, at, place, names);
  }

  /** A map or list of values, which is a constant if all of them are. */
  template(raw: unknown, at: Path, place: string, names: Names): Template {
    if (Array.isArray(raw)) {
      const list = raw.map((one, index) =>
        this.template(one, [...at, index], `${place}[${index}]`, names),
      );
      return list.every((one) => 'constant' in one) ? { constant: raw } : { list };
    }
    if (!isMap(raw)) return this.value(raw, at, place, names);
    const entries = Object.entries(raw).map(([name, one]): [string, Template] => [
      name,
      this.template(one, [...at, name], `${place}.${name}`, names),
    ]);
    const isConstant = entries.every(([, one]) => 'constant' in one);
    return isConstant ? { constant: raw } : { map: Object.fromEntries(entries) };
  }

  /** The values of a map. */
  values(
    raw: Readonly<Record<string, unknown>>,
    at: Path,
    place: string,
    names: Names,
  ): Record<string, Value> {
    return Object.fromEntries(
      Object.entries(raw).map(([name, one]) => [
        name,
        this.value(one, [...at, name], `${place}.${name}`, names),
      ]),
    );
  }
}
