import { type JsonObject, parseJsonObject } from '#common/json.ts';
import type { Description } from '#common/webhook/handler.ts';
import {
  bodyText,
  deliveryId,
  isId,
  toUrns,
  type WebhookRequest,
} from '#common/webhook/request.ts';

const FORM = 'application/x-www-form-urlencoded';

/** A detail-type has 128 characters at most, and `.claim-check` may follow; GitHub's names are far shorter. */
const EVENT_NAME = /^[a-z0-9_]{1,116}$/;

/** The event's JSON text, exactly as GitHub signed it: the body, or the form's one `payload` field. */
function payloadOf(request: WebhookRequest): string | undefined {
  const text = bodyText(request) ?? '';
  if (request.contentType !== FORM) return text;
  const payloads = new URLSearchParams(text).getAll('payload');
  return payloads.length === 1 ? payloads[0] : undefined;
}

/** What GitHub sends with every delivery ("Webhook events and payloads", "Delivery headers"). */
const REQUIRED = ['X-GitHub-Event', 'X-GitHub-Delivery'] as const;

const missing = ({ headers }: WebhookRequest): string[] =>
  REQUIRED.filter((name) => !headers[name.toLowerCase()]);

function idsOf({ headers, body }: WebhookRequest, parsed: JsonObject | undefined) {
  const event = headers['x-github-event'];
  const hook = headers['x-github-hook-id'];
  const action = parsed?.['action'];
  return {
    delivery: deliveryId([headers['x-github-delivery']], body),
    ...(isId(hook) ? { hook } : {}),
    ...(event !== undefined && EVENT_NAME.test(event) ? { event } : {}),
    ...(typeof action === 'string' && EVENT_NAME.test(action) ? { action } : {}),
  };
}

/**
 * A verified GitHub webhook as an event: detail-type is the `X-GitHub-Event`, the detail its payload, byte for byte.
 *
 * @param accepted event names that are published; `undefined` - all.
 */
export function describe(
  request: WebhookRequest,
  accepted: ReadonlySet<string> | undefined,
): Description {
  const payload = payloadOf(request);
  const parsed = payload === undefined ? undefined : parseJsonObject(payload);
  const ids = idsOf(request, parsed);
  const reject = (reason: string): Description => ({ kind: 'rejected', reason, ids });
  const absent = missing(request);
  if (absent.length > 0) return reject(`Missing headers: ${absent.join(', ')}`);
  if (ids.event === undefined) return reject('Malformed header: X-GitHub-Event');
  if (payload === undefined || parsed === undefined) return reject(reasonOf(request));
  if (accepted && !accepted.has(ids.event)) return { kind: 'ignored', reason: 'event type', ids };
  const resources = toUrns('github', ids);
  const named = { id: ids.delivery, source: 'github.com', detailType: ids.event };
  return { kind: 'event', entry: { ...named, detail: payload, resources }, ids };
}

const reasonOf = ({ contentType }: WebhookRequest): string =>
  contentType === FORM
    ? 'The form does not have exactly one field "payload" that is a JSON object'
    : 'The body is not a JSON object';
