import type { Provider } from '#common/webhook/handler.ts';
import { answer } from './answer.ts';
import { describe } from './describe.ts';
import { signatureOf } from './verify.ts';

/**
 * Twilio, as the webhook flow sees it.
 *
 * @param publicUrl where Twilio was told to call, when that is not the function URL.
 */
export const twilioProvider = (publicUrl?: string): Provider => ({
  name: 'twilio',
  contentTypes: ['application/x-www-form-urlencoded', 'application/json'],
  signatureOf: (request) => signatureOf(request, publicUrl),
  describe,
  answer,
});
