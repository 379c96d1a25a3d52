import { type AwsClients, createAwsErrorHandler } from '../aws.ts';
import type { StackOptions } from '../options.ts';
import { describeStack, requireOutput } from '../stack.ts';

export const handleAwsError = createAwsErrorHandler(
  "cloudformation:DescribeStacks, and secretsmanager:GetSecretValue or PutSecretValue on the stack's secret",
);

/** @throws UsageError when the stack does not exist or has no Salesforce secret. */
export async function findStack(clients: AwsClients, options: StackOptions) {
  const stack = await describeStack(clients, options, handleAwsError);
  const secretArn = requireOutput(stack, 'SalesforceSecretArn');
  return { secretArn, parameters: stack.parameters };
}
