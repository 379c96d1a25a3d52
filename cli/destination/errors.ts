import { createAwsErrorHandler } from '../aws.ts';

export const handleAwsError = createAwsErrorHandler(
  'those that docs/api-destinations.md lists ("What the deployer may do")',
);
