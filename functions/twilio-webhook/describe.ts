import type { Description } from '#common/webhook.ts';
import { deliveryId, isId, toUrns } from '#common/webhook-ids.ts';
import { bodyText, parseJsonObject, type WebhookRequest } from '#common/webhook-request.ts';
import { formFields } from './form.ts';

type Fields = Record<string, unknown>;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** The value of a JSON text; the text itself where it is none, or nested too deep to be written again. */
function parsePayload(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    JSON.stringify(value);
    return value;
  } catch {
    return text;
  }
}

/** Twilio's debugger and event webhooks carry a JSON text in `Payload`. */
function withParsedPayload(fields: Fields): Fields {
  const payload = textOf(fields['Payload']);
  if (fields['PayloadType'] !== 'application/json' || payload === undefined) return fields;
  return { ...fields, Payload: parsePayload(payload) };
}

function fieldsOf(request: WebhookRequest): Fields | undefined {
  const text = bodyText(request) ?? '';
  if (request.contentType === 'application/json') return parseJsonObject(text);
  return withParsedPayload(formFields(text));
}

const sidOf = (fields: Fields): string | undefined =>
  textOf(fields['MessageSid'] ?? fields['CallSid'] ?? fields['Sid']);

const statusOf = (fields: Fields): string | undefined =>
  textOf(fields['MessageStatus'] ?? fields['SmsStatus'] ?? fields['CallStatus']);

/** Twilio's retry token names a delivery; without it the resource and its status do. */
const namesOf = (request: WebhookRequest, fields: Fields): (string | undefined)[] => [
  request.headers['i-twilio-idempotency-token'],
  [sidOf(fields), statusOf(fields)].filter((part) => part !== undefined).join('-'),
];

/** A verified Twilio webhook as an event; its detail holds the form's fields (or the JSON body as received). */
export function describe(request: WebhookRequest): Description {
  const fields = fieldsOf(request);
  if (fields === undefined) return { kind: 'rejected', reason: 'The body is not a JSON object' };
  const id = deliveryId(namesOf(request, fields), request.body);
  const status = statusOf(fields);
  const ids = {
    delivery: id,
    ...(isId(status) ? { event: status } : {}),
  };
  const isJson = request.contentType === 'application/json';
  const detail = isJson ? (bodyText(request) ?? '') : JSON.stringify(fields);
  const resources = toUrns('twilio', ids);
  const detailType = 'twilio-webhook-lambda';
  return { kind: 'event', entry: { id, source: 'twilio.com', detailType, detail, resources }, ids };
}
