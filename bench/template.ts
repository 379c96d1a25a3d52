import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const { Globals, Resources } = parse(readFileSync('template.yaml', 'utf8'), {
  logLevel: 'silent',
});

/** The memory of every function, in MB. */
export const memorySize = Number(Globals.Function.MemorySize);

interface Resource {
  readonly Properties?: {
    readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> };
  };
}

/** @param functionName the value of its `POWERTOOLS_SERVICE_NAME`. */
export function nodeOptions(functionName: string): string {
  const variables = Object.values<Resource>(Resources).map(
    ({ Properties }) => Properties?.Environment?.Variables ?? {},
  );
  const own = variables.find((one) => one['POWERTOOLS_SERVICE_NAME'] === functionName);
  return String(own?.['NODE_OPTIONS'] ?? Globals.Function.Environment.Variables.NODE_OPTIONS);
}
