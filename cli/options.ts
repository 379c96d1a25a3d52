import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from './errors.ts';
import { parseDuration } from './format.ts';

/** The options that select a stack. */
export interface StackOptions {
  readonly stackName: string;
  /** The stack of `npm run local:up` instead of AWS. */
  readonly local?: boolean;
}

const DEFAULT_STACK = 'salesforce-eventbridge';

/** The options that select the same stack in another command, after a space; nothing for the default stack on AWS. */
export function stackSelection({ local, stackName }: StackOptions): string {
  if (local) return ' --local';
  return stackName === DEFAULT_STACK ? '' : ` --stack-name ${stackName}`;
}

/** An argument as it is typed in a shell: in quotation marks where its characters would mean something there. */
export const quoteArgument = (text: string): string =>
  /^[\w.:/@+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Completes the commands in a text, so that they can be pasted: `npm run dlq -- preview` → `npm run dlq -- preview --local`. */
export function completeCommands(text: string, options: StackOptions): string {
  const selection = stackSelection(options);
  return selection !== '' && text.includes(selection)
    ? text
    : text.replaceAll(/npm run (?:dlq|events|salesforce) -- [a-z-]+/g, `$&${selection}`);
}

/** An option with its value as it was typed, after a space; nothing if it was not. */
export function typedOption(args: readonly string[], name: string): string {
  const index = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  const [option, value = ''] = index < 0 ? [] : args.slice(index);
  if (option === undefined) return '';
  return option === name ? ` ${name} ${value}` : ` ${option}`;
}

/** `stackSelection` of a command line that is not parsed yet. */
export const selectionIn = (args: readonly string[]): string =>
  args.includes('--local') ? ' --local' : typedOption(args, '--stack-name');

export const addStackOptions = (command: Command): Command =>
  command
    .option('--stack-name <name>', 'name of the CloudFormation stack', DEFAULT_STACK)
    .option('--local', 'use the stack of npm run local:up instead of AWS');

export const addJsonOption = (command: Command): Command =>
  command.option('--json', 'print one JSON document, for scripts');

/** Commander's parser of an option that can be repeated. */
export const collectValues = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  text,
];

/** The folder of the environments' files, in which `example.yaml` explains the format. */
export const FOLDER = 'deploy';

/** Commander's parser of a parameter, `Name=Value`, that can be repeated. Whether the template has it is checked by the command. */
export function collectParameters(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, value] = /^([A-Za-z][A-Za-z0-9]*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { ...before, [name]: value };
  throw new InvalidArgumentError('Pass a parameter as Name=Value.');
}

/**
 * Parses a point in the past: an age (`90m`, `24h`, `3d`) or an ISO 8601 time.
 *
 * @param option is named in the error.
 * @throws UsageError when the text is neither, or the time is in the future.
 */
export function parsePastTime(text: string, option = '--since', now = new Date()): Date {
  const ageMs = parseDuration(text);
  const time = ageMs === undefined ? new Date(text) : new Date(now.getTime() - ageMs);
  if (!Number.isNaN(time.getTime()) && time <= now) return time;
  throw new UsageError(
    `${option} takes an age such as 90m, 24h or 3d, or a past time such as 2026-11-24T08:00:00Z, not "${text}".`,
  );
}
