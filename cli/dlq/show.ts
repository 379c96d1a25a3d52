import { createAwsErrorHandler } from '../aws.ts';
import { CliError, NotFoundError } from '../errors.ts';
import { plural, toJson } from '../format.ts';
import { quoteArgument, type StackOptions } from '../options.ts';
import { describeStack } from '../stack.ts';
import type { Dependencies } from './commands.ts';
import type { FindResult, SearchedQueue } from './failures/find.ts';
import { openFailures } from './failures/open.ts';
import { nextCommands } from './next-commands.ts';
import type { DlqOptions } from './options.ts';
import { formatMessage } from './print/message.ts';
import { suggestFor } from './suggest.ts';

const handleAwsError = createAwsErrorHandler(
  'cloudformation:DescribeStacks on the stack, lambda:GetFunctionConfiguration on its reprocessor, and the others that docs/runbook.md lists under First steps',
);

const describeQueue = ({ queue, read, hidden, isEnd }: SearchedQueue): string =>
  [
    `${queue}: ${plural(read, 'message')} read${isEnd ? '' : ', and there are more'}`,
    ...(hidden > 0 ? [`${hidden} hidden`] : []),
  ].join(', ');

type NotFound = Extract<FindResult, { kind: 'not found' }>;

/** The message says what was read, the remedy where the message can be. */
export function messageNotFound(
  id: string,
  { queues, objects }: NotFound,
  options: StackOptions,
): NotFoundError {
  const places = [
    `${plural(objects, 'object')} of the park bucket compared`,
    ...queues.map(describeQueue),
  ];
  const isHidden = queues.some(({ hidden }) => hidden > 0);
  return new NotFoundError(`The message ${id} was not found (${places.join('; ')}).`, {
    remedy: isHidden
      ? 'Hidden messages are in progress or wait for their next attempt, for at most 12 hours at a time; SQS shows them to nobody until then. The reprocessor logs until when (`dead-letter message processed`).'
      : `It may have been redriven or have expired; or this is not the id of a dead-letter message, but of its event. To find it by any id: ${suggestFor(options, 'events')(`show ${quoteArgument(id)}`)}`,
    result: { queues, objects },
  });
}

/** `show`: the whole message, what a redrive would do with it and why, and what to do. Changes nothing. */
export async function runShow(
  id: string,
  options: DlqOptions,
  { columns, createClients, print }: Dependencies,
): Promise<number> {
  const clients = await createClients(options);
  const stack = await describeStack(clients, options, handleAwsError);
  const failures = openFailures(clients, stack, options);
  const found = await failures.find(id).catch((error: unknown) => {
    throw error instanceof CliError ? error : handleAwsError(error);
  });
  if (found.kind === 'not found') throw messageNotFound(id, found, options);
  const next = nextCommands(found.detail, suggestFor(options));
  print(
    options.json
      ? toJson('dlq show', true, { ...found.detail, nextCommands: next })
      : formatMessage(found, next, columns),
  );
  return 0;
}
