import { formatProblem, type MappingFile, readMappings } from '../../build/mappings/read.ts';
import { instead } from '../../build/mappings/suggest.ts';
import { isJsonObject, parseExact } from '../../functions/common/json.ts';
import type { Mapping } from '../../functions/salesforce-apicall/mapping/definition.ts';
import type { BusEvent } from '../../functions/salesforce-apicall/request/parse.ts';
import { CliError, UsageError } from '../errors.ts';
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

/** @throws UsageError if the file has no event as EventBridge delivers it. */
export async function readEvent(file: string): Promise<BusEvent> {
  const event = parse(file, await readTextFile(file));
  if (isBusEvent(event)) return event;
  throw new UsageError(
    `${file} is not an event: it needs id, source, detail-type and detail, as EventBridge delivers it (see events/).`,
  );
}

/** @throws UsageError if the file is not an object by the names of finds. */
export async function readFound(file: string | undefined): Promise<Found> {
  const found = file === undefined ? {} : parse(file, await readTextFile(file));
  if (isJsonObject(found)) return found;
  throw new UsageError(`${file} must be an object: the name of each find, and what it finds.`);
}

/** @throws UsageError naming the mappings there are, CliError with the problems of the one. */
export async function requireMapping(
  root: string,
  name: string,
): Promise<MappingFile & { readonly mapping: Mapping }> {
  const files = await readMappings(root);
  const found = files.find((file) => file.name === name);
  if (found === undefined) {
    const names = files.map((file) => file.name);
    throw new UsageError(`There is no mapping ${name}${instead(name, names)}.`);
  }
  const { mapping, file, problems } = found;
  if (mapping !== undefined) return { ...found, mapping };
  throw new CliError(problems.map((problem) => formatProblem(file, problem)).join('\n'));
}
