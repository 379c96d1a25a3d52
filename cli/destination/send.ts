import { readFile } from 'node:fs/promises';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { CliError, UsageError } from '../errors.ts';
import { describeStack, outputOf, type StackChoice } from '../stack.ts';
import { type Aws, explain } from './aws.ts';

const shape = z.object({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.record(z.string(), z.unknown()),
  resources: z.array(z.string()).default([]),
});

async function readEvent(file: string): Promise<z.infer<typeof shape>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read.`, { cause });
  });
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new UsageError(
      `${file} is no event: it takes source, detail-type and detail, as the files in events/ have.`,
      { cause },
    );
  }
}

/**
 * Puts an event as it stands in a file on the main stack's bus. Id and time are new. Answers its id.
 *
 * @throws CliError when the bus refuses it.
 */
export async function sendEvent(aws: Aws, choice: StackChoice, file: string): Promise<string> {
  const event = await readEvent(file);
  const main = await describeStack(aws.cloudFormation, choice, explain);
  const entry = {
    EventBusName: outputOf(main, 'EventBusName'),
    Source: event.source,
    DetailType: event['detail-type'],
    Detail: JSON.stringify(event.detail),
    Resources: event.resources,
  };
  const { Entries } = await aws.events
    .send(new PutEventsCommand({ Entries: [entry] }))
    .catch(explain);
  const [{ EventId, ErrorCode, ErrorMessage } = {}] = Entries ?? [];
  if (EventId !== undefined) return EventId;
  throw new CliError(`The bus refused the event: ${ErrorCode}, ${ErrorMessage}`);
}
