import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseExact } from '../../functions/common/json.ts';
import type { Mapping } from '../../functions/salesforce-apicall/mapping/definition.ts';
import { type CompiledFile, compileMapping } from './compile.ts';
import type { Problem } from './document.ts';
import { MappingsError } from './errors.ts';
import type { Example } from './shape.ts';

/** Where mappings are, below the project's folder. */
export const MAPPINGS = 'mappings';
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** A file of `mappings/`, checked. */
export interface MappingFile {
  readonly name: string;
  /** Relative to the project's folder. */
  readonly file: string;
  readonly mapping: Mapping | undefined;
  readonly examples: readonly Example[];
  readonly problems: readonly Problem[];
  /** What may be a mistake, and does not stop a build. */
  readonly warnings: readonly Problem[];
}

/** `file:line:column: place: what — what instead`, as editors and terminals link it. */
export const formatProblem = (file: string, { line, column, place, message }: Problem): string =>
  `${file}:${line}:${column}: ${place === '' ? '' : `${place}: `}${message}`;

/** Whether an event has a value at a path, through lists too. */
function hasPath(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  if (Array.isArray(value)) return value.some((one) => hasPath(one, [name, ...rest]));
  const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isThere && hasPath(Object(value)[name], rest);
}

const atStart = (message: string): Problem => ({ line: 1, column: 1, place: '', message });

async function readEvents(root: string, examples: readonly Example[]) {
  const read = examples.map(async ({ event }, index): Promise<{ event: unknown } | Problem> => {
    try {
      return { event: parseExact(await readFile(join(root, event), 'utf8')) };
    } catch (error) {
      const code = Object(error).code ?? 'it is not JSON';
      const message = `${event} can't be read (${code}) — name a JSON file, relative to the project`;
      return { ...atStart(message), place: `examples[${index}].event` };
    }
  });
  return Promise.all(read);
}

function toWarnings({ eventPaths, examples }: CompiledFile, events: readonly unknown[]): Problem[] {
  if (examples.length === 0)
    return [atStart('has no examples — add one, so that a test shows what it does')];
  return eventPaths.flatMap(({ names, problem }) =>
    events.some((event) => hasPath(event, names))
      ? []
      : [problem(`no example's event has ${names.join('.')} — check its name, or add an example`)],
  );
}

async function readMapping(root: string, fileName: string): Promise<MappingFile> {
  const name = fileName.replace(/\.yaml$/, '');
  const file = `${MAPPINGS}/${fileName}`;
  const compiled = compileMapping(name, await readFile(join(root, file), 'utf8'));
  const read = await readEvents(root, compiled.examples);
  const events = read.flatMap((one) => ('event' in one ? [one.event] : []));
  const problems = [
    ...(NAME.test(name) ? [] : [atStart('has a name with other characters than a-z, 0-9 and -')]),
    ...compiled.problems,
    ...read.flatMap((one) => ('event' in one ? [] : [one])),
  ];
  return {
    name,
    file,
    mapping: problems.length === 0 ? compiled.mapping : undefined,
    examples: compiled.examples,
    problems,
    warnings: problems.length === 0 ? toWarnings(compiled, events) : [],
  };
}

/** Reads and checks all of `mappings/*.yaml`, in the order of their names. */
export async function readMappings(root: string): Promise<MappingFile[]> {
  const entries = await readdir(join(root, MAPPINGS)).catch((): string[] => []);
  const files = entries.filter((name) => name.endsWith('.yaml')).toSorted();
  return Promise.all(files.map((name) => readMapping(root, name)));
}

/**
 * The mappings that a build bundles: all, whether they are switched on or not.
 *
 * @throws MappingsError with a line for each problem in their files.
 */
export async function compileMappings(root: string): Promise<Mapping[]> {
  const files = await readMappings(root);
  const lines = files.flatMap(({ file, problems }) =>
    problems.map((problem) => formatProblem(file, problem)),
  );
  if (lines.length > 0) throw new MappingsError(`The mappings have errors:\n${lines.join('\n')}`);
  return files.flatMap(({ mapping }) => (mapping === undefined ? [] : [mapping]));
}
