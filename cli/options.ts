import type { Command } from 'commander';
import { UsageError } from './errors.ts';

/** The options that select a stack. */
export interface StackOptions {
  readonly stackName: string;
  /** The stack of `npm run local:up` instead of AWS. */
  readonly local?: boolean;
}

export const addStackOptions = (command: Command): Command =>
  command
    .option('--stack-name <name>', 'name of the CloudFormation stack', 'salesforce-eventbridge')
    .option('--local', 'use the stack of npm run local:up instead of AWS');

export const addJsonOption = (command: Command): Command =>
  command.option('--json', 'print one JSON document, for scripts');

/** Commander's parser of an option that can be repeated. */
export const collectValues = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  text,
];

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A duration such as `30s`, `90m`, `24h` or `3d`, in milliseconds; `undefined` if the text is none. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (UNIT_MS[unit] ?? 0);
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
