import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { MappingFile } from '../../build/mappings/read.ts';
import type { Example } from '../../build/mappings/shape.ts';
import type { Mapping } from '../../functions/salesforce-apicall/mapping/definition.ts';
import { formatJson } from '../format.ts';
import { readEvent } from './files.ts';
import { type Trial, tryMapping } from './trial.ts';
import { expectedWords, type Words } from './words.ts';

/** What an example expects, as its file has it. */
export type Expectation = Pick<Example, 'sends' | 'fails' | 'matches'>;

export interface ExampleResult {
  readonly mapping: string;
  readonly example: string;
  /** What was expected and what happened; absent: as expected. */
  readonly difference?: string;
  /** What the example would have to expect; absent if it is as expected, or if its `found` says too little. */
  readonly actual?: Expectation;
}

const describe = (trial: Trial): string => {
  if (trial.kind === 'no match') return 'the event does not match';
  return trial.failure === undefined ? 'it succeeds' : `it fails: ${trial.failure}`;
};

type Run = Extract<Trial, { readonly kind: 'ran' }>;

function differenceInSends(expected: readonly Words[], trial: Run): string | undefined {
  if (trial.failure !== undefined) return describe(trial);
  const words = expected.map(expectedWords);
  if (isDeepStrictEqual(words, trial.sends)) return undefined;
  return `it should send\n${formatJson(words)}\nbut sends\n${formatJson(trial.sends)}`;
}

function differenceIn({ matches, fails, sends = [] }: Example, trial: Trial): string | undefined {
  if (trial.kind === 'no match') return matches === false ? undefined : describe(trial);
  if (matches === false) return 'the event matches, and should not';
  if (trial.unanswered.length > 0)
    return `found: says nothing about ${trial.unanswered.join(', ')}: give the record, or null`;
  if (fails === undefined) return differenceInSends(sends, trial);
  const isExpected = trial.failure?.includes(fails) ?? false;
  return isExpected ? undefined : `it should fail with "${fails}", but ${describe(trial)}`;
}

function actualOf(trial: Trial): Expectation | undefined {
  if (trial.kind === 'no match') return { matches: false };
  if (trial.unanswered.length > 0) return undefined;
  return trial.failure === undefined ? { sends: [...trial.sends] } : { fails: trial.failure };
}

/** Runs an example of a mapping. */
export async function runExample(
  root: string,
  mapping: Mapping,
  example: Example,
): Promise<ExampleResult> {
  const event = await readEvent(join(root, example.event));
  const trial = await tryMapping(mapping, event, example.found ?? {});
  const difference = differenceIn(example, trial);
  const names = { mapping: mapping.name, example: example.name };
  if (difference === undefined) return names;
  const actual = actualOf(trial);
  return { ...names, difference, ...(actual && { actual }) };
}

/** Runs the examples of mappings, one after another: their expressions have a time limit. */
export async function runExamples(
  root: string,
  files: readonly MappingFile[],
): Promise<ExampleResult[]> {
  const results: ExampleResult[] = [];
  for (const { mapping, examples } of files)
    if (mapping !== undefined)
      for (const example of examples) results.push(await runExample(root, mapping, example));
  return results;
}
