import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsClients } from '../../aws.ts';
import type { StackOptions } from '../../options.ts';
import { type DeployedStack, requireOutput } from '../../stack.ts';
import { createInvoke } from '../invoke.ts';
import { suggestFor } from '../suggest.ts';
import { type ActionName, actOnFailures } from './act.ts';
import type { ActionResult, FailureAction, FailurePage, FailurePlace } from './failure.ts';
import { type FindResult, findFailure } from './find.ts';
import { listFailures } from './list.ts';
import { createReader, type Reader, type ReadingClients } from './reader.ts';

/** Dead-letter and parked messages, as data: nothing is printed. */
export interface Failures {
  /** At most 100 messages of a place, without content. See listFailures. */
  readonly list: (place: FailurePlace, cursor?: string) => Promise<FailurePage>;
  /** A message with its content, by its id or the key of its object. See findFailure. */
  readonly find: (idOrKey: string) => Promise<FindResult>;
  /** Redrives, parks, unparks or drops at most 100 messages. See actOnFailures. */
  readonly act: (name: ActionName, action: FailureAction, by?: string) => Promise<ActionResult>;
}

/**
 * Opens the failures of a stack. Reading needs the caller's own rights to the queues and the bucket
 * (docs/runbook.md, "First steps"), acting `lambda:InvokeFunction` on the reprocessor.
 *
 * @param options are those that selected the stack, for the commands that errors suggest.
 * @throws UsageError when the stack has no reprocessor.
 */
export function openFailures(
  clients: ReadingClients & Pick<AwsClients, 'lambdaInvoker'>,
  stack: DeployedStack,
  options: StackOptions = { stackName: stack.name },
): Failures {
  const functionName = requireOutput(stack, 'DlqReprocessorFunctionName');
  const invoke = createInvoke(clients.lambdaInvoker, functionName, sleep, suggestFor(options));
  let opened: Promise<Reader> | undefined;
  const reader = (): Promise<Reader> => {
    opened ??= createReader(clients, functionName, stack.parameters['Mappings']).catch(
      (error: unknown) => {
        opened = undefined;
        throw error;
      },
    );
    return opened;
  };
  return {
    list: async (place, cursor) => listFailures(place, cursor, await reader()),
    find: async (idOrKey) => findFailure(idOrKey, await reader()),
    act: (name, action, by) => actOnFailures(name, action, invoke, by),
  };
}
