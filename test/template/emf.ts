import * as z from 'zod';
import { fields, type Json, list } from './template.ts';

const name = (maxLength: number) => z.string().min(1).max(maxLength);

/** The member `_aws` (CloudWatch User Guide, "Specification: Embedded metric format"), without what the stack does not use. */
const metadata = z.strictObject({
  /** In milliseconds. CloudWatch takes metrics of the last two weeks. */
  Timestamp: z.int().min(1_600_000_000_000),
  CloudWatchMetrics: z
    .array(
      z.strictObject({
        Namespace: name(255),
        Dimensions: z.array(z.array(name(250)).max(30)).min(1),
        Metrics: z
          .array(z.strictObject({ Name: name(1_024), Unit: z.literal('Count') }))
          .min(1)
          .max(100),
      }),
    )
    .min(1),
});

/** A dimension's value: CloudWatch takes 1,024 characters. */
const dimension = name(1_024);

/** Far below the 1 MB of a log event. Logs Insights finds the first 200 fields of a line. */
const MAX_BYTES = 100_000;
const MAX_FIELDS = 200;

const countFields = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, one) => sum + countFields(one), 0)
    : 1;

/** Verifies that CloudWatch extracts every metric that a log line names. @throws if it would not. */
export function checkEmf(line: Json): void {
  const text = JSON.stringify(line);
  if (Buffer.byteLength(text) > MAX_BYTES) throw new Error('the line is too large');
  if (countFields(line) > MAX_FIELDS) throw new Error('the line has too many fields');
  metadata.parse(line['_aws']);
  for (const directive of list(fields(line['_aws'])['CloudWatchMetrics']).map(fields)) {
    for (const key of list(directive['Dimensions']).flatMap(list))
      dimension.parse(line[String(key)], { reportInput: true });
    for (const metric of list(directive['Metrics']))
      z.number().parse(line[String(fields(metric)['Name'])]);
  }
}
