import { glob, readFile } from 'node:fs/promises';
import { type AnyNode, parse } from 'acorn';
import { full } from 'acorn-walk';
import { transform } from 'esbuild';
import { checkSync } from 'recheck';

/** Built from constants: their text is in the published JSON Schemas, which are checked too. */
const IN_SCHEMAS = 'functions/salesforce-apicall/request/schema.ts';

interface Pattern {
  readonly source: string;
  readonly flags: string;
}

/** The regular expressions of a module. @throws Error for one that is not a literal. */
export async function patternsIn(file: string, typescript: string): Promise<Pattern[]> {
  const { code } = await transform(typescript, { loader: 'ts' });
  const patterns: Pattern[] = [];
  full(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), (node: AnyNode) => {
    if (node.type === 'Literal' && node.regex)
      patterns.push({ source: node.regex.pattern, flags: node.regex.flags });
    const isCall = node.type === 'NewExpression' || node.type === 'CallExpression';
    if (!isCall || node.callee.type !== 'Identifier' || node.callee.name !== 'RegExp') return;
    if (file === IN_SCHEMAS) return;
    throw new Error(
      `${file}: ${code.slice(node.start, node.end)} is not a literal, so that its time can't be checked`,
    );
  });
  return patterns;
}

/** Every `pattern` of a JSON Schema. */
function patternsOfSchema(schema: unknown): Pattern[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'pattern' && typeof value === 'string'
      ? [{ source: value, flags: 'u' }]
      : patternsOfSchema(value),
  );
}

/** Why a regular expression may take more than linear time; `undefined` if it can't. */
export function weakness({ source, flags }: Pattern): string | undefined {
  const result = checkSync(source, flags);
  if (result.status === 'safe') return undefined;
  if (result.status === 'unknown') return `not known (${result.error.kind})`;
  return `${result.complexity.summary}, for example with ${result.attack.pattern}`;
}

/** Regular expressions of the deployed functions that a hostile text can slow down, as messages. */
export async function weakPatterns(): Promise<string[]> {
  const messages: string[] = [];
  const add = (file: string, patterns: readonly Pattern[]): void => {
    for (const pattern of patterns) {
      const reason = weakness(pattern);
      if (reason !== undefined)
        messages.push(
          `${file}: /${pattern.source}/${pattern.flags} takes more than linear time: ${reason}`,
        );
    }
  };
  for await (const file of glob('functions/**/*.ts'))
    add(file, await patternsIn(file, await readFile(file, 'utf8')));
  for await (const file of glob('docs/schemas/*.json'))
    add(file, patternsOfSchema(JSON.parse(await readFile(file, 'utf8'))));
  return messages;
}

if (import.meta.main) {
  const messages = await weakPatterns();
  for (const message of messages) console.error(message);
  if (messages.length > 0) process.exitCode = 1;
}
