import type { LambdaFunctionURLResult } from 'aws-lambda';
import type { WebhookRequest } from '#common/webhook/http.ts';
import type { Provider } from '#common/webhook/provider.ts';
import { describeTwilioWebhook } from './describe.ts';
import { createTwilioVerifier, formOf } from './signature.ts';

/** @param publicUrl the URL configured at Twilio, if it is not the function URL. */
export const createTwilioProvider = (publicUrl?: string): Provider => ({
  name: 'twilio',
  contentTypes: ['application/x-www-form-urlencoded', 'application/json'],
  createVerifier: (request) => createTwilioVerifier(request, publicUrl),
  describe: describeTwilioWebhook,
  acceptedResponse,
});

/** Empty TwiML, which does nothing, if Twilio expects TwiML; otherwise an empty body. */
const acceptedResponse = (request: WebhookRequest): LambdaFunctionURLResult =>
  expectsTwiml(request)
    ? {
        statusCode: 202,
        headers: { 'content-type': 'text/xml; charset=utf-8' },
        body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
      }
    : { statusCode: 202, headers: { 'content-type': 'text/plain' }, body: '' };

const LIVE_CALL = new Set(['queued', 'ringing', 'in-progress']);

/**
 * Twilio expects TwiML for an incoming message, for a new call, and at every step of a live call. It ignores the response
 * to a status callback, which has a `CallbackSource` if it is about a call.
 */
function expectsTwiml(request: WebhookRequest): boolean {
  if (request.contentType === 'application/json') return false;
  const { SmsStatus, CallStatus, CallbackSource } = formOf(request);
  if (SmsStatus === 'received') return true;
  return (
    typeof CallStatus === 'string' && LIVE_CALL.has(CallStatus) && CallbackSource === undefined
  );
}
