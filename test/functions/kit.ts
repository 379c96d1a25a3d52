import type { Publish, Publishable, Published } from '../../functions/common/events/publish.ts';
import type { Log } from '../../functions/common/logger.ts';

export { urlEvent } from '../../soak/forgeries/url-event.ts';

/** Keeps what would be logged, so that tests can look for what must not be there. */
export function memoryLog(): Log & { readonly lines: unknown[]; readonly text: () => string } {
  const lines: unknown[] = [];
  const keep = (...line: unknown[]): void => {
    lines.push(line);
  };
  const text = (): string =>
    JSON.stringify(lines, (_, value) =>
      value instanceof Error ? `${value.name}: ${value.message}` : value,
    );
  return { debug: keep, info: keep, warn: keep, error: keep, lines, text };
}

/** A bus that takes everything, or answers as told. */
export function memoryBus(outcome: Published = { outcome: 'published', claimCheck: false }) {
  const entries: Publishable[] = [];
  const publish: Publish = async (given) => {
    entries.push(...given);
    return given.map(() => outcome);
  };
  return { entries, publish };
}

export function memoryMetrics() {
  const counted: string[] = [];
  const count = (name: string, dimensions: Record<string, string> = {}): void => {
    counted.push([name, ...Object.values(dimensions)].join(' '));
  };
  return { counted, count };
}

export const context = { getRemainingTimeInMillis: () => 9_000 };
