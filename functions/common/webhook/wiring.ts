import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import type { RemainingMs } from '../aws.ts';
import { integer, type Reader, readConfig } from '../config.ts';
import { type Publish, publishFromEnvironment } from '../events/publish.ts';
import { type Log, log } from '../logger.ts';
import { createSecretReader, type ReadSecret } from '../secrets.ts';
import { handleWebhook, WebhookReport } from './handler.ts';
import type { Provider } from './provider.ts';
import { createSignatureCheck } from './signing-secret.ts';

export interface WebhookConfig {
  readonly secretArn: string;
  /** How long after a rotation the previous secret remains valid; 0: not at all. */
  readonly previousSecretHours: number;
}

export interface WebhookClients {
  readonly readSecret: ReadSecret;
  readonly publish: Publish;
  readonly log: Log;
}

type WebhookHandler = (
  event: LambdaFunctionURLEvent,
  context: { readonly getRemainingTimeInMillis: RemainingMs },
) => Promise<LambdaFunctionURLResult>;

export function createWebhookHandler(
  provider: Provider,
  config: WebhookConfig,
  { readSecret, publish, log }: WebhookClients,
): WebhookHandler {
  const { secretArn } = config;
  const report = new WebhookReport({ provider: provider.name, secretArn, log });
  const verifySignature = createSignatureCheck(config, {
    readSecret,
    onRefresh: () => report.secretRefreshed(),
  });
  const dependencies = { provider, verifySignature, publish, report };
  return (event, context) =>
    handleWebhook(event, () => context.getRemainingTimeInMillis(), dependencies);
}

/**
 * A provider's handler, configured by the function's environment.
 *
 * @param readSecretArn reads the ARN of the provider's signing secret from the environment.
 * @throws ConfigurationError
 */
export function webhookHandlerFromEnvironment(
  provider: Provider,
  readSecretArn: Reader<string>,
): WebhookHandler {
  const config = readConfig({
    secretArn: readSecretArn,
    previousSecretHours: integer('PREVIOUS_SECRET_HOURS', { fallback: 24, min: 0, max: 168 }),
  });
  return createWebhookHandler(provider, config, {
    readSecret: createSecretReader(config.secretArn),
    publish: publishFromEnvironment(),
    log,
  });
}
