import { integer, readConfig, text } from '#common/config.ts';
import type { ReprocessorConfig } from './invocation.ts';

const HOUR_SECONDS = 3600;

/** @throws ConfigurationError naming each environment variable that is missing or malformed. */
export function configFrom(
  environment: Readonly<Record<string, string | undefined>>,
): ReprocessorConfig {
  const { apicall, rule, spill, marginHours, ruleArns, ...config } = readConfig(
    {
      apicall: text('API_CALL_DLQ_URL'),
      rule: text('RULE_DLQ_URL'),
      spill: text('SPILL_QUEUE_URL'),
      apiCallQueueUrl: text('API_CALL_QUEUE_URL'),
      apiCallQueueArn: text('API_CALL_QUEUE_ARN'),
      ruleArns: text('API_CALL_RULE_ARNS'),
      pollerId: text('API_CALL_POLLER_ID'),
      redriveBusName: text('REDRIVE_BUS_NAME'),
      parkBucketName: text('PARK_BUCKET_NAME'),
      maxRedrives: integer('MAX_REDRIVES', { fallback: 3, min: 1, max: 10 }),
      backoffSeconds: integer('REDRIVE_BACKOFF_SECONDS', { fallback: 60, min: 1, max: 3600 }),
      ratePerSecond: integer('REDRIVE_RATE_PER_SECOND', { fallback: 100, min: 1, max: 500 }),
      tableName: text('IDEMPOTENCY_TABLE_NAME'),
      retentionDays: integer('IDEMPOTENCY_RETENTION_DAYS', { fallback: 30, min: 29, max: 365 }),
      marginHours: integer('RETENTION_MARGIN_HOURS', { fallback: 24, min: 1, max: 168 }),
    },
    environment,
  );
  return {
    ...config,
    apiCallRuleArns: new Set(ruleArns.split(',')),
    queueUrls: { apicall, rule, spill },
    // The queues keep messages for 14 days (template.yaml).
    retentionSeconds: 1_209_600,
    retentionMarginSeconds: marginHours * HOUR_SECONDS,
  };
}
