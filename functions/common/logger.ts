import { LogFormatter, Logger, LogItem, LogLevelThreshold } from '@aws-lambda-powertools/logger';
import type { JsonObject } from './json.ts';
import type { LogFields, LogMessage } from './log-lines.ts';
import type { MetricName } from './metric-names.ts';

/** Metrics of a log line that have the same dimensions. */
export interface LineMetrics {
  /** By metric name; all have the unit Count. */
  readonly values: Readonly<Partial<Record<MetricName, number>>>;
  /**
   * Names of the line's fields that are dimensions, beside `service`: one list for each set; by default, no field. Every
   * distinct set of values is billed as a separate metric.
   */
  readonly dimensions?: readonly (readonly string[])[];
  /** Adds the values up over all functions: they have no dimension, not even `service`. */
  readonly isStackWide?: true;
}

/** Writes one log line (log-lines.ts). With metrics, the line is also a document in the embedded metric format (EMF). */
type WriteLine = <M extends LogMessage>(
  message: M,
  fields: LogFields<M>,
  ...metrics: readonly LineMetrics[]
) => void;

/** Where functions write their log lines, by level. */
export interface Log {
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
}

/**
 * Lambda's log filter is never stricter than INFO (template.yaml), because it would drop metrics with their lines.
 * Powertools would let the filter's level override the one configured for the logger.
 */
delete process.env['AWS_LAMBDA_LOG_LEVEL'];

type Formatting = Parameters<LogFormatter['formatAttributes']>;

/** Powertools' standard keys, and the X-Ray trace only if X-Ray records it. */
class LineFormatter extends LogFormatter {
  override formatAttributes(...[standard, fields]: Formatting): LogItem {
    const { logLevel, message, timestamp, serviceName, xRayTraceId } = standard;
    const isTraced = process.env['_X_AMZN_TRACE_ID']?.includes('Sampled=1');
    return new LogItem({
      attributes: {
        level: logLevel,
        message,
        timestamp: timestamp.toISOString(),
        service: serviceName,
        ...(isTraced && { xray_trace_id: xRayTraceId }),
        ...fields,
      },
    });
  }
}

const PLAIN = /^\P{Cc}{1,1024}$/u;

/** An id of a message that another system may have made: `undefined` if it is too long for a log line, or not an id at all. */
export const loggableId = (id: unknown): string | undefined =>
  typeof id === 'string' && PLAIN.test(id) ? id : undefined;

/** Powertools' environment variables set the name of the service, the level, and the metrics' namespace. */
const logger = new Logger({ logFormatter: new LineFormatter() });
const service = process.env['POWERTOOLS_SERVICE_NAME'];
const namespace = process.env['POWERTOOLS_METRICS_NAMESPACE'];

/** The members that make a line an EMF document (CloudWatch User Guide, "Specification: Embedded metric format"). */
const emfMembers = (metrics: readonly LineMetrics[]): JsonObject =>
  Object.assign(
    {
      _aws: {
        Timestamp: Date.now(),
        CloudWatchMetrics: metrics.map(({ values, dimensions = [[]], isStackWide }) => ({
          Namespace: namespace,
          Dimensions: isStackWide ? [[]] : dimensions.map((names) => ['service', ...names]),
          Metrics: Object.keys(values).map((Name) => ({ Name, Unit: 'Count' })),
        })),
      },
    },
    ...metrics.map(({ values }) => values),
  );

/** A line that the configured level leaves out has no other members than its metrics and their dimensions. */
function writeMetrics(fields: JsonObject, metrics: readonly LineMetrics[]): void {
  const names = metrics.flatMap(({ dimensions = [] }) => dimensions.flat());
  const dimensions = Object.fromEntries(names.map((name) => [name, fields[name]]));
  const line = JSON.stringify({ service, ...dimensions, ...emfMembers(metrics) });
  process.stdout.write(`${line}\n`);
}

const writeAt =
  (level: 'info' | 'warn' | 'error', threshold: number): WriteLine =>
  (message, fields, ...metrics) => {
    const emitted = metrics.filter(({ values }) => Object.keys(values).length > 0);
    if (emitted.length === 0) logger[level](message, fields);
    else if (threshold < logger.level) writeMetrics(fields, emitted);
    else logger[level](message, { ...fields, ...emfMembers(emitted) });
  };

/** The functions' only logger: one JSON line for each call. */
export const log: Log = {
  info: writeAt('info', LogLevelThreshold.INFO),
  warn: writeAt('warn', LogLevelThreshold.WARN),
  error: writeAt('error', LogLevelThreshold.ERROR),
};
