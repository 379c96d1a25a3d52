import { join } from 'node:path';
import { stringify } from 'yaml';
import * as z from 'zod';
import { formatProblem, type MappingFile, readMappings } from '../../build/mappings/read.ts';
import { CliError } from '../../cli/errors.ts';
import { listFolder, readTextFile } from '../../cli/files.ts';
import { parseEvent, requireMapping } from '../../cli/mappings/files.ts';
import { tryMapping } from '../../cli/mappings/trial.ts';
import { membersOf } from '../../functions/common/config.ts';
import { describeStep } from '../../functions/salesforce-apicall/mapping/execution/report.ts';
import { matchesPattern } from '../../functions/salesforce-apicall/mapping/pattern.ts';
import type { BusEvent } from '../../functions/salesforce-apicall/request/parse.ts';
import type { Connected } from './connection.ts';
import { parse } from './errors.ts';

const EVENTS = 'events';

/** The files with events that can be tried, relative to the project's folder. */
async function sampleFiles(root: string, files: readonly MappingFile[]): Promise<string[]> {
  const names = await listFolder(join(root, EVENTS));
  const samples = names.filter((name) => name.endsWith('.json')).map((name) => `${EVENTS}/${name}`);
  const examples = files.flatMap((file) => file.examples.map(({ event }) => event));
  return [...new Set([...samples, ...examples])].toSorted();
}

interface Sample {
  /** Its file. */
  readonly name: string;
  readonly text: string;
  readonly event: BusEvent;
}

/** @returns nothing for a file that has no event as EventBridge delivers it. */
async function readSample(root: string, name: string): Promise<Sample[]> {
  const text = await readTextFile(join(root, name));
  try {
    return [{ name, text, event: parseEvent(name, text) }];
  } catch (error) {
    if (error instanceof CliError) return [];
    throw error;
  }
}

function toListed(
  { name, file, mapping, problems }: MappingFile,
  enabled: readonly string[],
  samples: readonly Sample[],
) {
  const [problem] = problems;
  const matching = samples.filter(({ event }) => mapping && matchesPattern(mapping.on, event));
  return {
    name,
    description: mapping?.description ?? (problem ? formatProblem(file, problem) : ''),
    isEnabled: enabled.includes('*') || enabled.includes(name),
    steps: mapping?.steps.map(describeStep) ?? [],
    samples: matching.map((sample) => ({ name: sample.name, text: sample.text })),
  };
}

/** The mappings of this clone, which of them the deployed stack has switched on, and the samples that each matches, as JSON text. */
export async function listMappings({ stack }: Connected, root: string) {
  const files = await readMappings(root);
  const names = await sampleFiles(root, files);
  const samples = (await Promise.all(names.map((name) => readSample(root, name)))).flat();
  const enabled = membersOf(stack.parameters['Mappings'] ?? '');
  return files.map((file) => toListed(file, enabled, samples));
}

const trySchema = z.strictObject({
  name: z.string(),
  /** JSON text. */
  event: z.string(),
});

/** A mapping by its name, and the event to try it on. */
export type MappingTry = z.infer<typeof trySchema>;

/**
 * Runs a mapping on an event without Salesforce: nothing is called or changed.
 *
 * @param body see `MappingTry`.
 * @returns the requests in order, in the words of steps, as YAML; and the finds that were answered with nothing.
 */
export async function runTrial(root: string, body: unknown) {
  const { name, event } = parse(trySchema, body);
  const { mapping } = await requireMapping(root, name);
  const trial = await tryMapping(mapping, parseEvent('The text', event), {});
  if (trial.kind === 'no match') return { kind: trial.kind, requests: [], unanswered: [] };
  const { sends, unanswered, failure } = trial;
  const requests = sends.map((words) => stringify(words));
  return { kind: 'ran' as const, requests, unanswered, ...(failure !== undefined && { failure }) };
}
