import { optionalText, readConfig, text } from '#common/config.ts';
import { webhookFromEnvironment } from '#common/webhook-wiring.ts';
import { answer } from './answer.ts';
import { describe } from './describe.ts';
import { signatureOf } from './verify.ts';

const { publicUrl } = readConfig({ publicUrl: optionalText('TWILIO_WEBHOOK_PUBLIC_URL') });

/** Twilio's webhooks, from the function URL to the event bus. */
export const handler = webhookFromEnvironment(
  {
    name: 'twilio',
    contentTypes: ['application/x-www-form-urlencoded', 'application/json'],
    signatureOf: (request) => signatureOf(request, publicUrl),
    describe,
    answer,
  },
  text('TWILIO_WEBHOOK_SECRET_ARN'),
);
