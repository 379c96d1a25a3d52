import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { compileMapping } from '../../build/mappings/compile.ts';
import { formatProblem, MAPPINGS, type MappingFile } from '../../build/mappings/read.ts';
import type { Mapping } from '../../functions/salesforce-apicall/mapping/definition.ts';
import type { BusEvent } from '../../functions/salesforce-apicall/request/parse.ts';
import { CliError, isErrorNamed, UsageError } from '../errors.ts';
import { formatJson, plural, toJson } from '../format.ts';
import { formatTable } from '../layout.ts';
import type { Terminal } from '../terminal.ts';
import { draftExpectation, draftMapping } from './draft.ts';
import { type ExampleResult, runExamples } from './examples.ts';
import { readEvent, readFound, readNamed, requireMapping } from './files.ts';
import { tryMapping } from './trial.ts';
import { updateExamples } from './update.ts';

export interface Context extends Pick<Terminal, 'print' | 'log'> {
  /** The project's folder. */
  readonly root: string;
}

export interface Output {
  readonly json?: boolean;
}

/** Prints the result of a command that succeeded, for scripts; whether it did. */
function printJson(
  { print }: Context,
  { json }: Output,
  command: string,
  result: unknown,
): boolean {
  if (json) print(toJson(`mappings ${command}`, true, result));
  return json === true;
}

const toRow = ({ name, mapping }: MappingFile): string[] => {
  if (mapping === undefined) return [name, 'has errors: npm run mappings -- check', '', ''];
  const { on, steps } = mapping;
  const types = on.source.flatMap((source) => on['detail-type'].map((type) => `${source} ${type}`));
  return [name, types.join('\n'), String(steps.length), mapping.description];
};

/** Lists mappings, and the events that they are for. No names: all. */
export async function list(
  names: readonly string[],
  options: Output,
  context: Context,
): Promise<void> {
  const files = await readNamed(context.root, names);
  const result = files.map(({ name, file, mapping }) => ({ name, file, mapping }));
  if (printJson(context, options, 'list', result)) return;
  const head = ['mapping', 'events (source, detail-type)', 'steps', 'description'];
  context.print(
    formatTable(head, files.map(toRow), { colWidths: [26, 34, 7, 30], wordWrap: true }),
  );
  context.log('The parameter Mappings switches them on, by their names or with *.');
}

/**
 * Checks mappings as a build does. No names: all.
 *
 * @throws CliError when one has an error.
 */
export async function check(
  names: readonly string[],
  options: Output,
  context: Context,
): Promise<void> {
  const files = await readNamed(context.root, names);
  const problems = files.flatMap(({ file, problems: own }) =>
    own.map((problem) => formatProblem(file, problem)),
  );
  const warnings = files.flatMap(({ file, warnings: own }) =>
    own.map((warning) => formatProblem(file, warning)),
  );
  const result = { problems, warnings };
  if (!options.json) {
    for (const problem of problems) context.print(problem);
    for (const warning of warnings) context.print(`${warning} (warning)`);
  }
  if (problems.length > 0)
    throw new CliError(`${plural(problems.length, 'error')} in ${MAPPINGS}/.`, { result });
  printJson(context, options, 'check', result);
  context.log(`${plural(files.length, 'mapping')} checked, ${plural(warnings.length, 'warning')}.`);
}

const silent = (): void => undefined;

const formatExample = ({ mapping, example, difference }: ExampleResult): string =>
  difference === undefined
    ? `ok   ${mapping}: ${example}`
    : `FAIL ${mapping}: ${example}: ${difference}`;

export interface TestOptions extends Output {
  /** Writes what the mappings do now into the examples that expect something else. */
  readonly update?: boolean;
}

/** @throws UsageError in a CI system. */
async function update(names: readonly string[], { root, log }: Context): Promise<void> {
  if (!['', 'false'].includes(process.env['CI'] ?? ''))
    throw new UsageError('--update is refused where CI is set.', {
      remedy:
        'A test there must not change what it tests: run it on your machine, and read what it changes.',
    });
  const files = await readNamed(root, names);
  const changed = await updateExamples(root, files, await runExamples(root, files));
  for (const { mapping, example } of changed) log(`updated ${mapping}: ${example}`);
}

/** Offers to update the examples, if that can make all of them hold. */
const remedyFor = (failed: readonly ExampleResult[]): string | undefined =>
  failed.every(({ actual }) => actual !== undefined)
    ? 'If that is what it should do now: npm run mappings -- test --update'
    : undefined;

/**
 * Runs the examples of mappings. No names: of all.
 *
 * @throws CliError when one fails, UsageError when `update` is set in a CI system.
 */
export async function test(
  names: readonly string[],
  options: TestOptions,
  context: Context,
): Promise<void> {
  const { root, print, log } = context;
  await check(names, {}, { ...context, print: options.json ? silent : log, log: silent });
  if (options.update) await update(names, context);
  const results = await runExamples(root, await readNamed(root, names));
  const failed = results.filter(({ difference }) => difference !== undefined);
  for (const result of options.json ? [] : results) print(formatExample(result));
  if (failed.length > 0)
    throw new CliError(`${failed.length} of ${plural(results.length, 'example')} failed.`, {
      remedy: remedyFor(failed),
      result: results,
    });
  printJson(context, options, 'test', results);
  log(`${plural(results.length, 'example')} as expected.`);
}

/** The part of an event that a mapping is not for. */
function differing({ on }: Mapping, event: BusEvent): string {
  if (!on.source.includes(event.source)) return `source, ${event.source},`;
  const type = event['detail-type'];
  return on['detail-type'].includes(type) ? 'detail' : `detail-type, ${type},`;
}

export interface TryOptions extends Output {
  readonly event: string;
  readonly found?: string;
}

/**
 * Shows what a mapping would send for an event. Nothing is sent.
 *
 * @throws CliError when the mapping fails or the event does not match.
 */
export async function tryEvent(name: string, options: TryOptions, context: Context): Promise<void> {
  const { mapping, file, warnings } = await requireMapping(context.root, name);
  const event = await readEvent(options.event);
  const trial = await tryMapping(mapping, event, await readFound(options.found));
  if (!options.json && trial.kind === 'ran') {
    for (const words of trial.sends) context.print(formatJson(words));
    if (trial.unanswered.length > 0)
      context.log(
        `Found nothing for ${trial.unanswered.join(', ')}: pass records with --found FILE.`,
      );
  }
  if (trial.kind === 'no match')
    throw new CliError(
      `The event does not match: its ${differing(mapping, event)} is not what on: has in ${MAPPINGS}/${name}.yaml.`,
      { result: trial },
    );
  for (const warning of warnings) context.log(`${formatProblem(file, warning)} (warning)`);
  if (trial.failure !== undefined) throw new CliError(trial.failure, { result: trial });
  printJson(context, options, 'try', trial);
  context.log(`${plural(trial.sends.length, 'write')}. Nothing was sent.`);
}

export interface NewOptions extends Output {
  readonly from: string;
}

/**
 * Writes a mapping to start from, for a real event.
 *
 * @throws UsageError when there is one of this name, or the name is not one.
 */
export async function create(name: string, options: NewOptions, context: Context): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    throw new UsageError(
      `A mapping's name has a-z, 0-9 and -, such as order-to-account, not "${name}".`,
    );
  const { from } = options;
  const event = await readEvent(from);
  const draft = draftMapping(event, relative(context.root, resolve(from)));
  const { mapping } = compileMapping(name, draft.replace(/^examples:[\s\S]*/m, ''));
  const trial = mapping && (await tryMapping(mapping, event, {}));
  const expectation = trial?.kind === 'ran' ? draftExpectation(trial.sends) : '';
  const file = join(context.root, MAPPINGS, `${name}.yaml`);
  await writeFile(file, `${draft}${expectation}`, { flag: 'wx' }).catch((cause: unknown) => {
    if (!isErrorNamed(cause, 'EEXIST')) throw cause;
    throw new UsageError(`${MAPPINGS}/${name}.yaml is there already: choose another name.`, {
      cause,
    });
  });
  const path = `${MAPPINGS}/${name}.yaml`;
  if (!printJson(context, options, 'new', { file: path })) context.print(path);
  context.log(`Edit it, then: npm run mappings -- test ${name}`);
}
