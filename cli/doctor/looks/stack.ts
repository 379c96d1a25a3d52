import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import type { Aws } from '../aws.ts';
import type { Facts } from '../facts.ts';
import { failed, ok, type Result, warning } from '../result.ts';

const WHAT = 'stack';

/** Whether the last deployment came to a good end. */
export async function lookAtStack({ name, status }: Facts): Promise<Result[]> {
  if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE')
    return [ok(WHAT, `${name}: ${status}`)];
  if (status.endsWith('_IN_PROGRESS'))
    return [
      warning(WHAT, `${name}: ${status}`, 'Wait until the deployment is over, and run this again.'),
    ];
  if (status === 'UPDATE_ROLLBACK_COMPLETE')
    return [
      warning(
        WHAT,
        `${name}: the last deployment was rolled back; the one before runs`,
        'Read the first failed event of the stack, mend its cause, deploy again.',
      ),
    ];
  return [
    failed(
      WHAT,
      `${name}: ${status}`,
      'Read the first failed event of the stack (aws cloudformation describe-stack-events); for a failed rollback: aws cloudformation continue-update-rollback.',
    ),
  ];
}

/** Lambda keeps this many executions unreserved in every account (Developer Guide, "Reserved concurrency"). */
const KEPT_UNRESERVED = 100;

/** Whether other functions of the account can starve the queue's two. */
export async function lookAtConcurrency(_facts: Facts, { lambda }: Aws): Promise<Result[]> {
  const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions = 0, UnreservedConcurrentExecutions = 0 } = AccountLimit ?? {};
  const detail = `${UnreservedConcurrentExecutions} of the account's ${ConcurrentExecutions} are not reserved`;
  if (UnreservedConcurrentExecutions >= KEPT_UNRESERVED)
    return [ok('concurrent executions', detail)];
  return [
    warning(
      'concurrent executions',
      detail,
      'Bursts will be throttled: ask AWS for more (Service Quotas, Lambda, Concurrent executions).',
    ),
  ];
}

/** Whether anybody hears of alarms. */
export async function lookAtAlarms({ parameters }: Facts): Promise<Result[]> {
  const topic = parameters['AlarmTopicArn'];
  if (topic) return [ok('alarms', `go to ${topic}; whether it takes them is not checked`)];
  return [warning('alarms', 'nobody is told of them', 'Deploy with AlarmTopicArn.')];
}
