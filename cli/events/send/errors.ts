import { createAwsErrorHandler } from '../../aws.ts';

export const handleAwsError = createAwsErrorHandler(
  'cloudformation:DescribeStacks, cloudformation:DescribeStackResource, and what the command does: secretsmanager:GetSecretValue for webhooks, events:PutEvents, sqs:SendMessage, or lambda:InvokeFunction (docs/policies/send.json)',
);
