import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { parseJsonObject } from '../../functions/common/json.ts';
import type { AwsClients } from '../aws.ts';
import { CliError, UsageError } from '../errors.ts';
import { readTextFile } from '../files.ts';
import type { StackOptions } from '../options.ts';
import { describeStack, requireOutput } from '../stack.ts';
import { handleAwsError } from './errors.ts';

const eventSchema = z.object({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.record(z.string(), z.unknown()),
  resources: z.array(z.string()).default([]),
});

async function readEvent(file: string): Promise<z.infer<typeof eventSchema>> {
  const parsed = eventSchema.safeParse(parseJsonObject(await readTextFile(file)));
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `${file} is not an event: it needs source, detail-type and detail, as the files in events/ have.`,
    { cause: parsed.error },
  );
}

/**
 * Puts the event of a file on the main stack's bus, with a new id and time.
 *
 * @returns the event's id.
 * @throws CliError when the bus rejects it.
 */
export async function sendEvent(
  clients: AwsClients,
  options: StackOptions,
  file: string,
): Promise<string> {
  const event = await readEvent(file);
  const main = await describeStack(clients, options, handleAwsError);
  const entry = {
    EventBusName: requireOutput(main, 'EventBusName'),
    Source: event.source,
    DetailType: event['detail-type'],
    Detail: JSON.stringify(event.detail),
    Resources: event.resources,
  };
  const { Entries } = await clients.eventBridge
    .send(new PutEventsCommand({ Entries: [entry] }))
    .catch(handleAwsError);
  const [{ EventId, ErrorCode, ErrorMessage = 'no message' } = {}] = Entries ?? [];
  if (EventId !== undefined) return EventId;
  throw new CliError(`The event bus rejected the event (${ErrorCode}): ${ErrorMessage}`);
}
