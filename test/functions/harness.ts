import type { Publish, Publishable, PublishResult } from '../../functions/common/events/publish.ts';
import type { JsonObject } from '../../functions/common/json.ts';
import type { LineMetrics, Log } from '../../functions/common/logger.ts';

export { urlEvent } from '../../soak/forgeries/url-event.ts';

type Kept = readonly [message: string, fields: JsonObject, ...metrics: LineMetrics[]];

/** The metrics of a line, each as its name and the values of its dimensions; one for each set of dimensions. */
const countedIn = ([, fields, ...metrics]: Kept): string[] =>
  metrics.flatMap(({ values, dimensions = [[]] }) =>
    Object.keys(values).flatMap((name) =>
      dimensions.map((keys) => [name, ...keys.map((key) => fields[key])].join(' ')),
    ),
  );

/** Records log lines, so that tests can search them for what must not be logged. */
export function memoryLog() {
  const lines: Kept[] = [];
  const counted: string[] = [];
  const keep: Log['info'] = (message, fields, ...metrics): void => {
    const line: Kept = [message, Object(fields), ...metrics];
    lines.push(line);
    counted.push(...countedIn(line));
  };
  const log: Log = { info: keep, warn: keep, error: keep };
  const text = (): string =>
    JSON.stringify(lines, (_, value) =>
      value instanceof Error ? `${value.name}: ${value.message}` : value,
    );
  return { ...log, lines, counted, text };
}

/** Records the entries that it is given, and returns `outcome` for each. */
export function memoryBus(outcome: PublishResult = { outcome: 'published', eventId: 'event-1' }) {
  const entries: Publishable[] = [];
  const publish: Publish = async (given) => {
    entries.push(...given);
    return given.map(() => outcome);
  };
  return { entries, publish };
}

export const context = { getRemainingTimeInMillis: () => 9_000 };
