import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import type { AwsClients } from '../../aws.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import type { Inventory } from '../inventory.ts';

/** Checks whether the last deployment succeeded. */
export async function checkStack({ name, status }: Inventory): Promise<Finding[]> {
  const what = 'stack';
  const findFailure = `Find the first failed event (aws cloudformation describe-stack-events --stack-name ${name})`;
  if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE')
    return [ok(what, `${name}: ${status}`)];
  if (status.endsWith('_IN_PROGRESS'))
    return [
      warning(
        what,
        `${name}: ${status}`,
        'Wait for the deployment to finish, then run this again.',
      ),
    ];
  if (status === 'UPDATE_ROLLBACK_COMPLETE')
    return [
      warning(
        what,
        `${name}: the last deployment was rolled back; the previous one is running`,
        `${findFailure}, fix its cause and deploy again.`,
      ),
    ];
  return [
    failed(
      what,
      `${name}: ${status}`,
      `${findFailure}. After a failed rollback: aws cloudformation continue-update-rollback --stack-name ${name}`,
    ),
  ];
}

/** Lambda keeps this many executions unreserved in every account (Lambda Developer Guide, "Reserved concurrency"). */
const ALWAYS_UNRESERVED = 100;

/** Checks whether other functions of the account can use up the concurrency, or the code storage, that this stack needs. */
export async function checkConcurrency(
  { parameters }: Inventory,
  { lambda }: AwsClients,
): Promise<Finding[]> {
  const { AccountLimit, AccountUsage } = await lambda.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions = 0, UnreservedConcurrentExecutions = 0 } = AccountLimit ?? {};
  const reserved = Number(parameters['WebhookReservedConcurrency'] ?? -1);
  const own =
    reserved >= 0
      ? `each webhook of this stack reserves ${reserved}`
      : 'the webhooks of this stack reserve none';
  const detail = `${UnreservedConcurrentExecutions} of the account's ${ConcurrentExecutions} are not reserved; ${own}`;
  const concurrency =
    UnreservedConcurrentExecutions >= ALWAYS_UNRESERVED
      ? ok('concurrent executions', detail)
      : warning(
          'concurrent executions',
          detail,
          'Bursts will be throttled: request an increase (Service Quotas, Lambda, Concurrent executions).',
        );
  return [concurrency, ...codeStorage(AccountLimit?.TotalCodeSize, AccountUsage?.TotalCodeSize)];
}

/** Deployments fail when the account's storage for code is full (Lambda Developer Guide, "Lambda quotas"). */
const FULL = 0.9;

function codeStorage(limit = 0, used = 0): Finding[] {
  if (limit === 0) return [];
  const what = 'code storage';
  const detail = `${Math.round((100 * used) / limit)} % of the account's quota is used`;
  if (used < FULL * limit) return [ok(what, detail)];
  const remedy =
    'Deployments will fail: delete versions and layers that nothing uses, or request an increase (Service Quotas, Lambda, Function and layer storage).';
  return [warning(what, detail, remedy)];
}
