import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isMap,
  isNode,
  isPair,
  isScalar,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
} from 'yaml';
import type { MappingFile } from '../../build/mappings/read.ts';
import type { ExampleResult, Expectation } from './examples.ts';

const KEYS: readonly unknown[] = ['sends', 'fails', 'matches'];

const rangeOf = (node: unknown): readonly [number, number] | undefined => {
  if (!isNode(node) || !node.range) return undefined;
  const [start, end] = node.range;
  return [start, end];
};

/** A key and its value, as they are written at a column. */
function format(expectation: Expectation, { flow }: YAMLMap, column: number): string {
  if (flow === true)
    return JSON.stringify(expectation)
      .slice(1, -1)
      .replace(/^"(\w+)":/, '$1: ');
  const text = stringify(expectation, { lineWidth: 0 }).trimEnd();
  return text.replaceAll('\n', `\n${' '.repeat(column)}`);
}

/** The source with another expectation in one of its examples. All other text stays as it is, byte for byte. */
function replaceIn(source: string, index: number, expectation: Expectation): string {
  const example = parseDocument(source).getIn(['examples', index], true);
  if (!isMap(example)) return source;
  const isExpectation = (pair: unknown): pair is Pair =>
    isPair(pair) && isScalar(pair.key) && KEYS.includes(pair.key.value);
  const pair = example.items.find(isExpectation);
  const [start] = rangeOf(pair?.key) ?? [];
  const [, end] = rangeOf(pair?.value) ?? [];
  if (start === undefined || end === undefined) return source;
  const column = start - (source.lastIndexOf('\n', start - 1) + 1);
  const before = source.slice(0, end).trimEnd().length;
  return source.slice(0, start) + format(expectation, example, column) + source.slice(before);
}

/**
 * Writes what mappings do now into those of their examples that expect something else. Only comments inside of these expectations
 * are lost.
 *
 * @param results of all examples of the files, in their order.
 * @returns the examples that changed.
 */
export async function updateExamples(
  root: string,
  files: readonly MappingFile[],
  results: readonly ExampleResult[],
): Promise<ExampleResult[]> {
  for (const { name, file } of files) {
    const own = results.filter(({ mapping }) => mapping === name);
    if (own.every(({ actual }) => actual === undefined)) continue;
    const path = join(root, file);
    const source = await readFile(path, 'utf8');
    const text = own.reduce(
      (changed, { actual }, index) => (actual ? replaceIn(changed, index, actual) : changed),
      source,
    );
    await writeFile(path, text);
  }
  return results.filter(({ actual }) => actual !== undefined);
}
