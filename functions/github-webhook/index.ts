import { list, readConfig, text } from '#common/config.ts';
import { webhookHandlerFromEnvironment } from '#common/webhook/wiring.ts';
import { createGitHubProvider } from './provider.ts';

const { acceptedEvents } = readConfig({ acceptedEvents: list('ACCEPTED_EVENTS') });

/** Publishes GitHub's webhooks, received by a function URL, on the event bus. */
export const handler = webhookHandlerFromEnvironment(
  createGitHubProvider(acceptedEvents),
  text('GITHUB_WEBHOOK_SECRET_ARN'),
);
