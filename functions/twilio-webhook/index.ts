import { optionalText, readConfig, text } from '#common/config.ts';
import { webhookHandlerFromEnvironment } from '#common/webhook/wiring.ts';
import { createTwilioProvider } from './provider.ts';

const { publicUrl } = readConfig({ publicUrl: optionalText('TWILIO_WEBHOOK_PUBLIC_URL') });

/** Publishes Twilio's webhooks, received by a function URL, on the event bus. */
export const handler = webhookHandlerFromEnvironment(
  createTwilioProvider(publicUrl),
  text('TWILIO_WEBHOOK_SECRET_ARN'),
);
