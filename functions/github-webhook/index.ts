import { list, readConfig, text } from '#common/config.ts';
import { webhookFromEnvironment } from '#common/webhook-wiring.ts';
import { describe } from './describe.ts';
import { signatureOf } from './verify.ts';

const { acceptedEvents } = readConfig({ acceptedEvents: list('ACCEPTED_EVENTS') });

/** GitHub's webhooks, from the function URL to the event bus. */
export const handler = webhookFromEnvironment(
  {
    name: 'github',
    contentTypes: ['application/json', 'application/x-www-form-urlencoded'],
    signatureOf,
    describe: (request) => describe(request, acceptedEvents),
  },
  text('GITHUB_WEBHOOK_SECRET_ARN'),
);
