import { type JsonObject, parseJsonObject } from '#common/json.ts';
import { bodyText, type WebhookRequest } from '#common/webhook/http.ts';
import { type Description, deliveryId, isId, toUrns } from '#common/webhook/provider.ts';
import { formFields } from './signature.ts';

/** Describes a verified Twilio webhook: the detail holds the form's fields, or is the JSON body, byte for byte. */
export function describeTwilioWebhook(request: WebhookRequest): Description {
  const content = contentOf(request);
  const ids = idsOf(request, content?.fields ?? {});
  if (content === undefined)
    return { kind: 'rejected', reason: 'The body is not a JSON object', ids };
  const named = { id: ids.delivery, source: 'twilio.com', detailType: 'twilio-webhook-lambda' };
  const entry = { ...named, detail: content.detail, resources: toUrns('twilio', ids) };
  return { kind: 'event', entry, ids };
}

interface Content {
  /** JSON text. */
  readonly detail: string;
  readonly fields: JsonObject;
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

/**
 * The fields as JSON text. Debugger webhooks carry JSON text in `Payload`: it is embedded unchanged, so that its numbers
 * keep all their digits.
 */
function toDetail(fields: JsonObject): string {
  const payload = asText(fields['Payload']);
  if (fields['PayloadType'] !== 'application/json' || payload === undefined || !isJson(payload)) {
    return JSON.stringify(fields);
  }
  const members = Object.entries(fields).map(([name, value]) => {
    const text = name === 'Payload' ? payload : JSON.stringify(value);
    return `${JSON.stringify(name)}:${text}`;
  });
  return `{${members.join(',')}}`;
}

/** Whether a consumer can parse the text and serialize it again, which fails if it is nested too deep. */
function isJson(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) !== undefined;
  } catch {
    return false;
  }
}

/** The delivery id is Twilio's idempotency token, or the resource's SID and status if there is no token. */
function idsOf({ headers, body }: WebhookRequest, fields: JsonObject) {
  const sid = asText(fields['MessageSid'] ?? fields['CallSid'] ?? fields['Sid']);
  const status = asText(fields['MessageStatus'] ?? fields['SmsStatus'] ?? fields['CallStatus']);
  const sidAndStatus = [sid, status].filter((part) => part !== undefined).join('-');
  return {
    delivery: deliveryId([headers['i-twilio-idempotency-token'], sidAndStatus], body),
    ...(isId(status) ? { event: status } : {}),
  };
}

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
