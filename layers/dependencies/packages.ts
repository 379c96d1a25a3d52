/**
 * The npm packages of the deployed layer: the large ones that two or more functions load, each under its own name. What
 * is small once it is bundled (p-map, a function's share of zod) is bundled into each function. Our own code is never in
 * the layer, so that a function and the code it was tested with always arrive together.
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
