import type { Publish, Publishable, PublishResult } from '../../functions/common/events/publish.ts';
import type { Log } from '../../functions/common/logger.ts';

export { urlEvent } from '../../soak/forgeries/url-event.ts';

/** Records log lines, so that tests can search them for what must not be logged. */
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

/** Records the entries that it is given, and returns `outcome` for each. */
export function memoryBus(outcome: PublishResult = { outcome: 'published', claimCheck: false }) {
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
