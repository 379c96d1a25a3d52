import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Module } from './modules.ts';
import { resultsFile } from './run.ts';

const place = z.object({ line: z.int(), column: z.int() });

/** What is read of a report ("mutation-testing-elements", its JSON Schema). Lines and columns count from 1. */
const reportSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          mutatorName: z.string(),
          replacement: z.string().default(''),
          status: z.string(),
          location: z.object({ start: place, end: place }),
        }),
      ),
    }),
  ),
});

type ReportFile = z.infer<typeof reportSchema>['files'][string];

/** A change of the code that no test has noticed. */
export interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  /** The text that was changed. */
  readonly original: string;
  readonly replacement: string;
}

export interface FileResult {
  readonly file: string;
  readonly killed: number;
  /** Killed and not: without those that could not be run, such as code that does not compile. */
  readonly mutants: number;
  readonly survivors: readonly Survivor[];
}

export interface ModuleResult {
  readonly name: string;
  readonly files: readonly FileResult[];
}

function textAt(source: string, { start, end }: ReportFile['mutants'][number]['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines
    .map((line, index) => (index === last ? line.slice(0, end.column - 1) : line))
    .map((line, index) => (index === 0 ? line.slice(start.column - 1) : line))
    .join('\n');
}

/** One file's part of a report. */
export function toFileResult(file: string, { source, mutants }: ReportFile): FileResult {
  const killed = mutants.filter(({ status }) => ['Killed', 'Timeout'].includes(status));
  const alive = mutants.filter(({ status }) => ['Survived', 'NoCoverage'].includes(status));
  const survivors = alive.map(({ location, mutatorName, replacement }) => ({
    file,
    line: location.start.line,
    mutator: mutatorName,
    original: textAt(source, location),
    replacement,
  }));
  return { file, killed: killed.length, mutants: killed.length + alive.length, survivors };
}

function readReport(module: Module): z.infer<typeof reportSchema> {
  const file = resultsFile(module);
  try {
    return reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const message = `no results of ${module.name} in ${file}: npm run mutation -- "${module.name}"`;
    throw new Error(message, { cause });
  }
}

/** @throws Error when a file of the module has not been mutated yet. */
export function readResults(module: Module): ModuleResult {
  const { files } = readReport(module);
  const results = module.files.map((file) => {
    const found = files[file];
    if (found === undefined) throw new Error(`no results of ${file}: npm run mutation -- ${file}`);
    return toFileResult(file, found);
  });
  return { name: module.name, files: results };
}
