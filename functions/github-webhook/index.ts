import { list, readConfig, text } from '#common/config.ts';
import { webhookFromEnvironment } from '#common/webhook/wiring.ts';
import { githubProvider } from './provider.ts';

const { acceptedEvents } = readConfig({ acceptedEvents: list('ACCEPTED_EVENTS') });

/** GitHub's webhooks, from the function URL to the event bus. */
export const handler = webhookFromEnvironment(
  githubProvider(acceptedEvents),
  text('GITHUB_WEBHOOK_SECRET_ARN'),
);
