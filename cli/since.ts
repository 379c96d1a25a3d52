import { UsageError } from './errors.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A point in the past, from an age (`90m`, `24h`, `3d`) or an ISO 8601 time.
 *
 * @param option is named in the error.
 * @throws UsageError when it is neither, or lies in the future.
 */
export function parseSince(text: string, option = '--since', now = new Date()): Date {
  const [, amount, unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const age = amount === undefined ? undefined : Number(amount) * (UNITS[unit] ?? 0);
  const since = age === undefined ? new Date(text) : new Date(now.getTime() - age);
  if (!Number.isNaN(since.getTime()) && since <= now) return since;
  throw new UsageError(
    `${option} takes an age such as 90m, 24h or 3d, or a past time such as 2026-11-24T08:00:00Z, not "${text}".`,
  );
}
