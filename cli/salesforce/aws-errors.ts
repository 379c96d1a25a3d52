import { awsExplainer } from '../aws-errors.ts';

/** @throws UsageError with what AWS says and, where it is known, what to do. */
export const explainAws = awsExplainer(
  "cloudformation:DescribeStacks, and secretsmanager:GetSecretValue or PutSecretValue on the stack's secret",
);
