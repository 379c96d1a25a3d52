import { integer, list, readConfig, text } from '#common/config.ts';
import { logger } from '#common/logger.ts';
import { countMetric } from '#common/metrics.ts';
import { publishFromEnvironment } from '#common/publish.ts';
import { secretsManager } from '#common/secrets.ts';
import { createWebhookHandler } from '#common/webhook.ts';
import { webhookSecret } from '#common/webhook-secret.ts';
import { describe } from './describe.ts';
import { signatureOf } from './verify.ts';

const config = readConfig({
  secretArn: text('GITHUB_WEBHOOK_SECRET_ARN'),
  previousSecretHours: integer('PREVIOUS_SECRET_HOURS', { fallback: 24, min: 0, max: 168 }),
  acceptedEvents: list('ACCEPTED_EVENTS'),
});

/** GitHub's webhooks, from the function URL to the event bus. */
export const handler = createWebhookHandler(
  {
    name: 'github',
    contentTypes: ['application/json', 'application/x-www-form-urlencoded'],
    signatureOf,
    describe: (request) => describe(request, config.acceptedEvents),
  },
  {
    secret: webhookSecret({
      read: secretsManager(config.secretArn),
      previousSecretHours: config.previousSecretHours,
      onRefresh: () => countMetric('SecretRefreshed', { provider: 'github' }),
    }),
    publish: publishFromEnvironment(),
    log: logger,
    count: countMetric,
  },
);
