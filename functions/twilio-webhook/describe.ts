import { isJsonObject, type JsonObject, jsonElements, parseJsonObject } from '#common/json.ts';
import { sha256 } from '#common/sha256.ts';
import type { WebhookRequest } from '#common/webhook/http.ts';
import { type Description, isId, toUrns, type WebhookIds } from '#common/webhook/provider.ts';
import { formOf, signedFields } from './signature.ts';

/**
 * Describes a verified Twilio webhook: the detail holds the form's fields, or is the JSON body, byte for byte. An array
 * is what an Event Streams webhook sink receives: each of its CloudEvents becomes an event.
 */
export function describeTwilioWebhook(request: WebhookRequest): Description {
  const { contents, ids } = describeBody(request);
  if (contents.length === 0)
    return {
      kind: 'rejected',
      reason: 'The body is neither a JSON object nor an array of them',
      ids,
    };
  const entries = contents.map(({ detail, delivery }) => ({
    id: delivery,
    source: 'twilio.com',
    detailType: 'twilio-webhook-lambda',
    detail,
    resources: [...toUrns('twilio', { ...ids, delivery }), ...tokenUrns(request)],
  }));
  return { kind: 'events', entries, ids };
}

/** An event's detail as JSON text, and its delivery id. */
interface Content {
  readonly detail: string;
  readonly delivery: string;
}

interface Body {
  /** Empty if the body is malformed. */
  readonly contents: readonly Content[];
  readonly ids: WebhookIds;
}

function describeBody(request: WebhookRequest): Body {
  const { contentType, text = '' } = request;
  if (contentType !== 'application/json') {
    const fields = formOf(request);
    // Twilio adds these two to the request that it sends to a fallback URL.
    const { ErrorCode: _code, ErrorUrl: _url, ...original } = fields;
    const delivery = deliveryOf(fields, signedFields(original));
    return {
      contents: [{ detail: toDetail(fields), delivery }],
      ids: idsOf(fields, delivery),
    };
  }
  const fields = parseJsonObject(text);
  const delivery = deliveryOf(fields ?? {}, text);
  const contents = fields === undefined ? elementsOf(text) : [{ detail: text, delivery }];
  return { contents, ids: idsOf(fields ?? {}, delivery) };
}

/** The CloudEvents of an array, with their own ids as delivery ids. */
function elementsOf(text: string): Content[] {
  const elements = jsonElements(text) ?? [];
  if (!elements.every(({ value }) => isJsonObject(value))) return [];
  return elements.map(({ value, text: detail }) => {
    const { id } = Object(value);
    return { detail, delivery: isId(id) ? id : sha256(detail) };
  });
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

/** Callbacks about one resource have the same SID, so the digest of the signed fields tells them apart. A retry keeps it. */
function deliveryOf(fields: JsonObject, signed: string): string {
  const sid = fields['MessageSid'] ?? fields['CallSid'] ?? fields['Sid'];
  const digest = sha256(signed);
  return isId(sid) ? `${sid.slice(0, 64)}-${digest.slice(0, 16)}` : digest;
}

/** The idempotency token is not part of the delivery id, because it is not signed: a replay can carry another. */
function tokenUrns({ headers }: WebhookRequest): string[] {
  const token = headers['i-twilio-idempotency-token'];
  return isId(token) ? [`urn:webhook:twilio:idempotency-token:${token}`] : [];
}

function idsOf(fields: JsonObject, delivery: string): WebhookIds {
  const status = fields['MessageStatus'] ?? fields['SmsStatus'] ?? fields['CallStatus'];
  return { delivery, ...(isId(status) ? { event: status } : {}) };
}

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
