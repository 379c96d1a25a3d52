/**
 * The npm packages in the layer, under their own names: the large ones that two or more functions load, and every client of
 * AWS's, because these share most of their code. Packages that are small once bundled (p-map, a function's part of zod) are
 * bundled into each function. Our own code is never in the layer, so that a function is always deployed with the code that
 * it was tested with.
 */
export const layerPackages = [
  '@aws-lambda-powertools/logger',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-eventbridge',
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-secrets-manager',
  '@aws-sdk/client-sqs',
] as const;
