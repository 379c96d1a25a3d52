import { optionalText, readConfig, text } from '#common/config.ts';
import { webhookFromEnvironment } from '#common/webhook/wiring.ts';
import { twilioProvider } from './provider.ts';

const { publicUrl } = readConfig({ publicUrl: optionalText('TWILIO_WEBHOOK_PUBLIC_URL') });

/** Twilio's webhooks, from the function URL to the event bus. */
export const handler = webhookFromEnvironment(
  twilioProvider(publicUrl),
  text('TWILIO_WEBHOOK_SECRET_ARN'),
);
