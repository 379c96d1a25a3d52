import type {
  EventPattern,
  Mapping,
  Step,
} from '../../functions/salesforce-apicall/mapping/definition.ts';
import { type Path, type Problem, readDocument } from './document.ts';
import type { Names, Variable } from './expression-check.ts';
import { shapeProblems } from './issues.ts';
import { allowedFunctions } from './jsonata-functions.ts';
import { checkPattern } from './pattern-check.ts';
import { type Example, mappingShape, stepShapes, type Verb } from './shape.ts';
import { compileStep, selectedFields } from './steps.ts';
import { instead } from './suggest.ts';
import { ValueCompiler } from './values.ts';

/** A mapping's file, checked. */
export interface CompiledFile {
  /** `undefined` if there are problems. */
  readonly mapping: Mapping | undefined;
  readonly examples: readonly Example[];
  readonly problems: readonly Problem[];
  /** What expressions read of the event, each with the place that reads it. */
  readonly eventPaths: readonly {
    readonly names: readonly string[];
    readonly problem: (message: string) => Problem;
  }[];
}

const REQUEST_TYPE = 'io.triggermesh.salesforce.apicall';
const OWN = 'salesforce-eventbridge';
const CLAIM_CHECK = '.claim-check';

function describeSource(source: string): string | undefined {
  if (!source.startsWith(OWN)) return undefined;
  return 'is a source of this stack, whose events would come back to it — name the source of your events';
}

function describeType(type: string): string | undefined {
  if (type.endsWith(CLAIM_CHECK))
    return `is matched by ${type.slice(0, -CLAIM_CHECK.length)}, too — name that`;
  if (type.startsWith(REQUEST_TYPE) || type.startsWith(OWN))
    return 'is a type of this stack, whose events are handled already — name the type of your events';
  return undefined;
}

/** Lists of the deployed rule's parameters are separated by commas, and trimmed. */
const describeUnlistable = (text: string): string | undefined =>
  text.includes(',') || text.trim() !== text
    ? "has a comma or a blank at an end, which MappedSources and MappedDetailTypes can't have — publish the event with another name"
    : undefined;

function checkOn(on: EventPattern, compiler: ValueCompiler): void {
  const check = (key: 'source' | 'detail-type', describe: (text: string) => string | undefined) => {
    for (const [index, text] of on[key].entries()) {
      const message = describe(text) ?? describeUnlistable(text);
      if (message !== undefined) compiler.report(['on', key, index], message);
    }
  };
  check('source', describeSource);
  check('detail-type', describeType);
  for (const { path, message } of on.detail ? checkPattern(on.detail, ['on', 'detail']) : [])
    compiler.report(path, message);
}

const verbs = Object.keys(stepShapes);
const isVerb = (word: string): word is Verb => verbs.includes(word);

/** Words of SOQL, Apex and HTTP for what a verb does: one that only looks similar would mislead. */
const otherWords: Readonly<Record<string, Verb>> = {
  insert: 'create',
  post: 'create',
  patch: 'update',
  remove: 'delete',
  query: 'find',
  select: 'find',
};

/** The verb of a step; else what is wrong. */
function verbOf(raw: unknown): { verb: Verb } | { message: string } {
  const keys = typeof raw === 'object' && raw !== null ? Object.keys(raw) : [];
  const [verb, second] = keys.filter(isVerb);
  if (second !== undefined)
    return { message: `has the verbs ${verb} and ${second} — write two steps` };
  if (verb !== undefined) return { verb };
  const [first = ''] = keys;
  return { message: `has no verb${instead(otherWords[first.toLowerCase()] ?? first, verbs)}` };
}

/** The object of a step, or a call's resource, if it is constant. */
function targetOf(verb: Verb, raw: Readonly<Record<string, unknown>>): string | undefined {
  const { object, resource } = Object(raw['call']);
  const target: unknown = verb === 'call' ? (object ?? resource) : raw[verb];
  return typeof target === 'string' && /^[A-Za-z]\w*$/.test(target) ? target : undefined;
}

/** Names of steps: `as`, else verb and object, which get a number when they repeat. */
function createNames() {
  const counts = new Map<string, number>();
  return (verb: Verb, raw: Readonly<Record<string, unknown>>): string => {
    if (typeof raw['as'] === 'string') return raw['as'];
    const target = targetOf(verb, raw);
    const name = target === undefined ? verb : `${verb}-${target}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  };
}

const RESERVED = new Set(['item', 'index']);

/** The variables that expressions know, as the file defines them one after another. */
class Scope {
  readonly variables = new Map<string, Variable>();
  readonly #later: Set<string>;
  readonly #compiler: ValueCompiler;

  constructor(compiler: ValueCompiler, later: readonly string[]) {
    this.#compiler = compiler;
    this.#later = new Set(later);
  }

  names(hasItem = false): Names {
    const own = hasItem ? [...RESERVED].map((name) => [name, { kind: 'value' }] as const) : [];
    return { variables: new Map([...this.variables, ...own]), later: this.#later, hasKey: true };
  }

  define(name: string, variable: Variable, at: Path): void {
    if (RESERVED.has(name) || allowedFunctions.has(name) || name in Object.prototype)
      this.#compiler.report(at, `$${name} has a meaning already — choose another name`);
    if (this.variables.has(name))
      this.#compiler.report(at, `$${name} is defined twice — choose another name`);
    this.variables.set(name, variable);
    this.#later.delete(name);
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function variableOf(verb: Verb, raw: Readonly<Record<string, unknown>>): Variable {
  const find = stepShapes.find.safeParse(raw);
  if (verb === 'find' && find.success) return { kind: 'record', fields: selectedFields(find.data) };
  return verb === 'call' || verb === 'find' ? { kind: 'value' } : { kind: 'written' };
}

class MappingCompiler {
  readonly document;
  readonly values: ValueCompiler;
  readonly #raw: Readonly<Record<string, unknown>>;
  readonly #scope: Scope;
  readonly #nameStep = createNames();

  constructor(source: string) {
    this.document = readDocument(source);
    this.values = new ValueCompiler(this.document);
    this.values.problems.push(...this.document.problems);
    this.#raw = isMap(this.document.value) ? this.document.value : {};
    const later = this.#steps().flatMap((step) =>
      isMap(step) && typeof step['as'] === 'string' ? [step['as']] : [],
    );
    this.#scope = new Scope(this.values, later);
  }

  #steps(): readonly unknown[] {
    return Array.isArray(this.#raw['steps']) ? this.#raw['steps'] : [];
  }

  #key() {
    const names = { variables: new Map(), later: new Set<string>(), hasKey: false };
    return this.values.optionalExpression(this.#raw['key'], ['key'], 'key', names);
  }

  #let(): Mapping['let'] {
    const raw = this.#raw['let'];
    return Object.entries(isMap(raw) ? raw : {}).map(([name, one]) => {
      const at = ['let', name];
      const value = this.values.template(one, at, `let.${name}`, this.#scope.names());
      this.#scope.define(name, { kind: 'value' }, at);
      return { name, value };
    });
  }

  #step(raw: unknown, index: number): Step[] {
    const at = ['steps', index];
    const found = verbOf(raw);
    if ('message' in found || !isMap(raw)) {
      this.values.report(at, 'message' in found ? found.message : 'is not a step');
      return [];
    }
    const { verb } = found;
    const shape = stepShapes[verb];
    const problems = shapeProblems({ shape, value: raw, at, document: this.document });
    this.values.problems.push(...problems);
    const { data } = shape.safeParse(raw);
    const name = this.#nameStep(verb, raw);
    const outerNames = this.#scope.names();
    const names = this.#scope.names(raw['each'] !== undefined);
    const steps =
      data === undefined
        ? []
        : [compileStep(data, { compiler: this.values, at, name, names, outerNames })];
    if (typeof raw['as'] === 'string')
      this.#scope.define(raw['as'], variableOf(verb, raw), [...at, 'as']);
    return steps;
  }

  compile(name: string): CompiledFile {
    const { values, document } = this;
    const at: Path = [];
    if (document.value !== undefined)
      values.problems.push(
        ...shapeProblems({ shape: mappingShape, value: document.value, at, document }),
      );
    const { data } = mappingShape.safeParse(document.value);
    if (data !== undefined) checkOn(data.on, values);
    const key = this.#key();
    const variables = this.#let();
    const steps = this.#steps().flatMap((step, index) => this.#step(step, index));
    const problems = values.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const { description = '', priority = 'normal', on, examples = [] } = data ?? {};
    const isValid = problems.length === 0 && on !== undefined;
    const compiled = { name, description, priority, let: variables, steps };
    return {
      mapping: isValid ? { ...compiled, on, ...(key && { key }) } : undefined,
      examples,
      problems,
      eventPaths: values.eventPaths.map(({ names, at: place }) => ({
        names,
        problem: (message) => document.problemAt(place, message),
      })),
    };
  }
}

/** Checks and compiles the text of `mappings/<name>.yaml`. */
export const compileMapping = (name: string, source: string): CompiledFile =>
  new MappingCompiler(source).compile(name);
