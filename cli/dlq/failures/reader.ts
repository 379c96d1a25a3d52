import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { parseCommand } from '../../../functions/dlq-reprocessor/command.ts';
import { configFrom } from '../../../functions/dlq-reprocessor/config.ts';
import type { DeadLetterMessage } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { type Evaluated, evaluateAll } from '../../../functions/dlq-reprocessor/evaluate.ts';
import type { ReprocessorConfig } from '../../../functions/dlq-reprocessor/invocation.ts';
import { toReportedMessage } from '../../../functions/dlq-reprocessor/progress.ts';
import type { AwsClients } from '../../aws.ts';
import { UsageError } from '../../errors.ts';
import type { FailedMessage, FailurePlace } from './failure.ts';

export type ReadingClients = Pick<AwsClients, 'eventBridge' | 'lambda' | 's3' | 'sqs'>;

/** What reading needs: the operator's own rights, and the settings of the deployed reprocessor. */
export interface Reader {
  readonly clients: ReadingClients;
  readonly config: ReprocessorConfig;
  /** The stack's parameter `Mappings`. */
  readonly mappings?: string | undefined;
  readonly now: () => Date;
}

/**
 * Reads the reprocessor's settings, so that its own code decides here as it does there.
 *
 * @throws UsageError when the settings are encrypted and the caller may not decrypt them. AWS's errors are passed on.
 */
export async function createReader(
  clients: ReadingClients,
  functionName: string,
  mappings?: string,
): Promise<Reader> {
  const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  const { Environment } = await clients.lambda.send(command);
  if (Environment?.Variables === undefined)
    throw new UsageError(`The settings of ${functionName} can't be read.`, {
      remedy: "Required permission: kms:Decrypt on the stack's key.",
    });
  return { clients, config: configFrom(Environment.Variables), mappings, now: () => new Date() };
}

const preview = parseCommand({ action: 'preview' });

/** Decides about messages as a redrive or an unpark by an operator would. Changes nothing. Never rejects. */
export const evaluate = (
  messages: readonly DeadLetterMessage[],
  { clients, config, now }: Reader,
): Promise<Evaluated[]> =>
  evaluateAll(messages, { clients, config, now, command: preview, redriveRules: new Map() });

/**
 * Describes a message without its content; but the error text can quote values of it. For a parked message, `reason` and `why`
 * are those of its parking.
 */
export function toFailedMessage(evaluated: Evaluated, place: FailurePlace): FailedMessage {
  const { messageId: id, key, ...reported } = toReportedMessage(evaluated, true);
  const { kind: _shape, attempts: _attempts, action: _action, ...facts } = reported;
  const { parked } = evaluated.message;
  const { reason = facts.reason, why = facts.why } = parked ?? {};
  const isRefused = facts.decision === 'refuse';
  return {
    place,
    id,
    ...facts,
    reason,
    why: isRefused ? facts.why : why,
    ...(key !== undefined && { key }),
  };
}
