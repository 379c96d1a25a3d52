import type { LambdaFunctionURLResult } from 'aws-lambda';
import { bodyText, type WebhookRequest } from '#common/webhook/request.ts';
import { formFields } from './form.ts';

const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

const LIVE = new Set(['queued', 'ringing', 'in-progress']);

/**
 * Twilio asks for TwiML when a message comes in, when a call begins and at every step of a live call. Status callbacks
 * (of calls they have a `CallbackSource`) are told something; what they are answered is not looked at.
 */
function expectsTwiml(request: WebhookRequest): boolean {
  if (request.contentType === 'application/json') return false;
  const { SmsStatus, CallStatus, CallbackSource } = formFields(bodyText(request) ?? '');
  if (SmsStatus === 'received') return true;
  return typeof CallStatus === 'string' && LIVE.has(CallStatus) && CallbackSource === undefined;
}

/** The answer to an accepted webhook: empty TwiML, which does nothing, or nothing at all. */
export function answer(request: WebhookRequest): LambdaFunctionURLResult {
  if (!expectsTwiml(request))
    return { statusCode: 202, headers: { 'content-type': 'text/plain' }, body: '' };
  return {
    statusCode: 202,
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body: EMPTY_TWIML,
  };
}
