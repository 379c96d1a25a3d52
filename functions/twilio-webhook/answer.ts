import type { LambdaFunctionURLResult } from 'aws-lambda';
import { bodyText, type WebhookRequest } from '#common/webhook-request.ts';
import { formFields } from './form.ts';

const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

/** Twilio asks for TwiML when a message comes in or a call begins; a status callback's answer is not looked at. */
function expectsTwiml(request: WebhookRequest): boolean {
  if (request.contentType === 'application/json') return false;
  const { SmsStatus, CallStatus, Direction } = formFields(bodyText(request) ?? '');
  return SmsStatus === 'received' || (CallStatus === 'ringing' && Direction === 'inbound');
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
