import { nodeOptions } from './template.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:bench';

/** The environment variables that any function gets from template.yaml, with `endpoint` for AWS. */
export const functionEnvironment = (
  functionName: string,
  endpoint: string,
): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '',
  NODE_OPTIONS: nodeOptions(functionName),
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ENDPOINT_URL: endpoint,
  POWERTOOLS_SERVICE_NAME: functionName,
  POWERTOOLS_METRICS_NAMESPACE: 'bench',
  EVENT_BUS_NAME: 'bus',
  SPILL_QUEUE_URL: `${endpoint}/spill`,
  PAYLOAD_BUCKET_NAME: 'payloads',
  GITHUB_WEBHOOK_SECRET_ARN: SECRET_ARN,
  TWILIO_WEBHOOK_SECRET_ARN: SECRET_ARN,
  SALESFORCE_SECRET_ARN: SECRET_ARN,
  SALESFORCE_API_VERSION: 'v68.0',
  RESPONSE_SOURCE: 'salesforcetarget',
  API_CALL_QUEUE_URL: `${endpoint}/calls`,
  API_CALL_QUEUE_ARN: 'arn:aws:sqs:us-east-1:000000000000:calls',
  API_CALL_RULE_ARNS: 'arn:aws:events:us-east-1:000000000000:rule/bus/apicall',
  API_CALL_DLQ_URL: `${endpoint}/dead`,
  RULE_DLQ_URL: `${endpoint}/rules`,
  REDRIVE_BUS_NAME: 'redrive',
  PARK_BUCKET_NAME: 'parked',
  IDEMPOTENCY_TABLE_NAME: 'once',
});

/** The additional variables of the quick start. */
export const quickStartEnvironment = (provider: string): Readonly<Record<string, string>> => ({
  SECRET_ARN,
  PROVIDER: provider.toLowerCase(),
});
