import {
  GetAccountSettingsCommand,
  type GetAccountSettingsCommandOutput,
  GetFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import pMap from 'p-map';
import { fields } from '../../local/template/json.ts';
import { resolveTemplate } from '../../local/template/resolve.ts';
import type { SourceTemplate } from '../../local/template/source.ts';
import { type DeploymentClients, handleAwsError } from '../environment/aws.ts';
import type { Values } from '../environment/file.ts';

/** An account must keep this many executions unreserved (Lambda Developer Guide, "Configuring reserved concurrency"). */
const MIN_UNRESERVED = 100;

/** Executions of the account and Region, and those that this stack reserves. */
export interface Concurrency {
  /** The account's limit. */
  readonly limit: number;
  /** Executions that no function of the account has reserved. */
  readonly unreserved: number;
  /** Executions that the deployed stack has reserved, which a deployment gives back first. */
  readonly held: number;
}

/** How many executions each function of the template reserves with these values. */
export const reservations = (template: SourceTemplate, values: Values): number[] =>
  Object.values(resolveTemplate(template, values).resources).flatMap(({ Properties }) => {
    const reserved = fields(Properties)['ReservedConcurrentExecutions'];
    return reserved === undefined ? [] : [Number(reserved)];
  });

/** The highest WebhookReservedConcurrency that the account allows for this many functions; -1 reserves none. */
export function highestReservation({ held, unreserved }: Concurrency, functions: number): number {
  const free = unreserved + held - MIN_UNRESERVED;
  const each = Math.floor(free / Math.max(1, functions));
  return each >= 1 ? each : -1;
}

/** @returns why AWS would refuse the reservations, and the value that it would accept; nothing when it accepts them. */
export function concurrencyProblem(
  concurrency: Concurrency,
  reserved: readonly number[],
): string | undefined {
  const { held, limit, unreserved } = concurrency;
  const total = reserved.reduce((sum, one) => sum + one, 0);
  if (total === 0 || unreserved + held - total >= MIN_UNRESERVED) return undefined;
  const heldText = held > 0 ? ` and ${held} that this stack holds already` : '';
  const best = highestReservation(concurrency, reserved.length);
  return (
    `This account allows ${limit} concurrent executions in this Region. ${unreserved} are unreserved${heldText}, and ${MIN_UNRESERVED} must stay so, ` +
    `but the webhooks would reserve ${reserved.join(' + ')}. ` +
    `Run npm run deploy -- --set WebhookReservedConcurrency=${best}${best === -1 ? ' (reserves none)' : ''}, or ask AWS for a higher limit (Service Quotas, L-B99A9384).`
  );
}

const bytesToGiB = (bytes: number): number => Math.round(bytes / 2 ** 30);

/** A warning when little of the Region's storage for code is left, of which each deployment needs some. */
function storageWarning(settings: GetAccountSettingsCommandOutput): string[] {
  const limit = settings.AccountLimit?.TotalCodeSize ?? 0;
  const used = settings.AccountUsage?.TotalCodeSize ?? 0;
  if (limit === 0 || used < 0.95 * limit) return [];
  return [
    `Lambda's storage for code in this Region is nearly full: ${bytesToGiB(used)} of ${bytesToGiB(limit)} GiB. Delete old versions of functions and layers (Service Quotas, L-2ACBD22F).`,
  ];
}

export interface LambdaAccount {
  readonly concurrency: Concurrency;
  readonly warnings: readonly string[];
}

/** @param functionNames the functions of the deployed stack. */
export async function readLambdaAccount(
  { lambda }: Pick<DeploymentClients, 'lambda'>,
  functionNames: readonly string[],
): Promise<LambdaAccount> {
  const settings = await lambda.send(new GetAccountSettingsCommand({})).catch(handleAwsError);
  const reserved = await pMap(
    functionNames,
    async (FunctionName) => {
      const command = new GetFunctionConcurrencyCommand({ FunctionName });
      const { ReservedConcurrentExecutions = 0 } = await lambda.send(command).catch(handleAwsError);
      return ReservedConcurrentExecutions;
    },
    { concurrency: 4 },
  );
  const { ConcurrentExecutions = 0, UnreservedConcurrentExecutions = 0 } =
    settings.AccountLimit ?? {};
  return {
    concurrency: {
      limit: ConcurrentExecutions,
      unreserved: UnreservedConcurrentExecutions,
      held: reserved.reduce((sum, one) => sum + one, 0),
    },
    warnings: storageWarning(settings),
  };
}
