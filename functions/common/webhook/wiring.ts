import { integer, readConfig, type text } from '../config.ts';
import { publishFromEnvironment } from '../events/publish.ts';
import { logger } from '../logger.ts';
import { countMetric } from '../metrics.ts';
import { secretsManager } from '../secrets.ts';
import { createWebhookHandler, type Provider } from './handler.ts';
import { createWebhookReport } from './report.ts';
import { webhookSecret } from './signing-secret.ts';

/**
 * A provider's handler wired from the function's environment.
 *
 * @param secretArn reads the ARN of the secret that the provider signs with.
 * @throws ConfigurationError
 */
export function webhookFromEnvironment(provider: Provider, secretArn: ReturnType<typeof text>) {
  const config = readConfig({
    secretArn,
    previousSecretHours: integer('PREVIOUS_SECRET_HOURS', { fallback: 24, min: 0, max: 168 }),
  });
  const secret = webhookSecret({
    read: secretsManager(config.secretArn),
    previousSecretHours: config.previousSecretHours,
    onRefresh: () => countMetric('SecretRefreshed', { provider: provider.name }),
  });
  return createWebhookHandler(provider, {
    secret,
    secretArn: config.secretArn,
    publish: publishFromEnvironment(),
    report: createWebhookReport({ provider: provider.name, log: logger, count: countMetric }),
  });
}
