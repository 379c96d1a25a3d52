import { basename } from 'node:path';
import { formatProblem, type MappingFile, readMappings } from '../../build/mappings/read.ts';
import { instead } from '../../build/mappings/suggest.ts';
import { isJsonObject, parseExact } from '../../functions/common/json.ts';
import type { Mapping } from '../../functions/salesforce-apicall/mapping/definition.ts';
import type { BusEvent } from '../../functions/salesforce-apicall/request/parse.ts';
import { CliError, toSentences, UsageError } from '../errors.ts';
import { readTextFile } from '../files.ts';
import type { Found } from './trial.ts';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isBusEvent = (value: unknown): value is BusEvent =>
  isJsonObject(value) && ['id', 'source', 'detail-type'].every((key) => isText(value[key]));

function parse(file: string, text: string): unknown {
  try {
    return parseExact(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${file} is not JSON: ${reason}.`, { cause });
  }
}

/**
 * @param what names the text in the error, such as its file.
 * @throws UsageError if the text is no event as EventBridge delivers it.
 */
export function parseEvent(what: string, text: string): BusEvent {
  const event = parse(what, text);
  if (isBusEvent(event)) return event;
  throw new UsageError(
    `${what} is not an event: it needs id, source, detail-type and detail, as EventBridge delivers it (see events/).`,
  );
}

/** @throws UsageError if the file has no event as EventBridge delivers it. */
export const readEvent = async (file: string): Promise<BusEvent> =>
  parseEvent(file, await readTextFile(file));

/** @throws UsageError if the file is not an object by the names of finds. */
export async function readFound(file: string | undefined): Promise<Found> {
  const found = file === undefined ? {} : parse(file, await readTextFile(file));
  if (isJsonObject(found)) return found;
  throw new UsageError(`${file} must be an object: the name of each find, and what it finds.`);
}

/**
 * Reads and checks mappings: those that are named, also by their files as a shell completes them, or all.
 *
 * @throws UsageError naming the mappings there are.
 */
export async function readNamed(root: string, names: readonly string[]): Promise<MappingFile[]> {
  const files = await readMappings(root);
  const wanted = names.map((name) => basename(name, '.yaml'));
  const unknown = wanted.find((name) => !files.some((file) => file.name === name));
  if (unknown === undefined)
    return files.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const known = files.map(({ name }) => name);
  throw new UsageError(toSentences([`There is no mapping ${unknown}${instead(unknown, known)}`]));
}

/** @throws UsageError as `readNamed`, CliError with the problems of the mapping. */
export async function requireMapping(
  root: string,
  name: string,
): Promise<MappingFile & { readonly mapping: Mapping }> {
  const [found] = await readNamed(root, [name]);
  if (found?.mapping !== undefined) return { ...found, mapping: found.mapping };
  const { file = '', problems = [] } = found ?? {};
  throw new CliError(problems.map((problem) => formatProblem(file, problem)).join('\n'));
}
