import { type JsonObject, parseJsonObject } from '#common/json.ts';
import type { Description } from '#common/webhook/handler.ts';
import {
  bodyText,
  deliveryId,
  isId,
  toUrns,
  type WebhookRequest,
} from '#common/webhook/request.ts';
import { formFields } from './form.ts';

/** What the event says, as JSON text, and the fields that name it. */
interface Content {
  readonly detail: string;
  readonly fields: JsonObject;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Whether a text is JSON that a consumer can parse and write again: not so if it is nested too deep. */
function isJson(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The fields as JSON text. The debugger's webhooks carry a JSON text in `Payload`: it becomes part of the detail as it
 * stands, so that numbers keep all their digits.
 */
function toDetail(fields: JsonObject): string {
  const payload = textOf(fields['Payload']);
  if (fields['PayloadType'] !== 'application/json' || payload === undefined || !isJson(payload)) {
    return JSON.stringify(fields);
  }
  const members = Object.entries(fields).map(([name, value]) => {
    const text = name === 'Payload' ? payload : JSON.stringify(value);
    return `${JSON.stringify(name)}:${text}`;
  });
  return `{${members.join(',')}}`;
}

function contentOf(request: WebhookRequest): Content | undefined {
  const text = bodyText(request) ?? '';
  if (request.contentType !== 'application/json') {
    const fields = formFields(text);
    return { detail: toDetail(fields), fields };
  }
  const fields = parseJsonObject(text);
  return fields && { detail: text, fields };
}

const sidOf = (fields: JsonObject): string | undefined =>
  textOf(fields['MessageSid'] ?? fields['CallSid'] ?? fields['Sid']);

const statusOf = (fields: JsonObject): string | undefined =>
  textOf(fields['MessageStatus'] ?? fields['SmsStatus'] ?? fields['CallStatus']);

/** Twilio's retry token names a delivery; without it the resource and its status do. */
const namesOf = (request: WebhookRequest, fields: JsonObject): (string | undefined)[] => [
  request.headers['i-twilio-idempotency-token'],
  [sidOf(fields), statusOf(fields)].filter((part) => part !== undefined).join('-'),
];

function idsOf(request: WebhookRequest, fields: JsonObject) {
  const status = statusOf(fields);
  return {
    delivery: deliveryId(namesOf(request, fields), request.body),
    ...(isId(status) ? { event: status } : {}),
  };
}

/** A verified Twilio webhook as an event; its detail holds the form's fields (or the JSON body as received). */
export function describe(request: WebhookRequest): Description {
  const content = contentOf(request);
  const ids = idsOf(request, content?.fields ?? {});
  if (content === undefined)
    return { kind: 'rejected', reason: 'The body is not a JSON object', ids };
  const named = { id: ids.delivery, source: 'twilio.com', detailType: 'twilio-webhook-lambda' };
  const entry = { ...named, detail: content.detail, resources: toUrns('twilio', ids) };
  return { kind: 'event', entry, ids };
}
