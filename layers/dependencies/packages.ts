/**
 * The npm packages of the deployed layer: those that two or more functions load, each under its own name.
 * Our own code is never in it, so that a function and the code it was tested with always arrive together.
 */
export const layerPackages = [
  '@aws-lambda-powertools/logger',
  '@aws-lambda-powertools/metrics',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-eventbridge',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-secrets-manager',
  '@aws-sdk/client-sqs',
] as const;
