import { integer, optionalText, readConfig, text } from '#common/config.ts';
import { logger } from '#common/logger.ts';
import { countMetric } from '#common/metrics.ts';
import { publishFromEnvironment } from '#common/publish.ts';
import { secretsManager } from '#common/secrets.ts';
import { createWebhookHandler } from '#common/webhook.ts';
import { webhookSecret } from '#common/webhook-secret.ts';
import { answer } from './answer.ts';
import { describe } from './describe.ts';
import { signatureOf } from './verify.ts';

const config = readConfig({
  secretArn: text('TWILIO_WEBHOOK_SECRET_ARN'),
  previousSecretHours: integer('PREVIOUS_SECRET_HOURS', { fallback: 24, min: 0, max: 168 }),
  publicUrl: optionalText('TWILIO_WEBHOOK_PUBLIC_URL'),
});

/** Twilio's webhooks, from the function URL to the event bus. */
export const handler = createWebhookHandler(
  {
    name: 'twilio',
    contentTypes: ['application/x-www-form-urlencoded', 'application/json'],
    signatureOf: (request) => signatureOf(request, config.publicUrl),
    describe,
    answer,
  },
  {
    secret: webhookSecret({
      read: secretsManager(config.secretArn),
      previousSecretHours: config.previousSecretHours,
      onRefresh: () => countMetric('SecretRefreshed', { provider: 'twilio' }),
    }),
    publish: publishFromEnvironment(),
    log: logger,
    count: countMetric,
  },
);
