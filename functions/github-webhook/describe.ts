import { type JsonObject, parseJsonObject } from '#common/json.ts';
import type { WebhookRequest } from '#common/webhook/http.ts';
import { type Description, deliveryId, isId, toUrns } from '#common/webhook/provider.ts';

/**
 * Describes a verified GitHub webhook: the detail-type is `X-GitHub-Event`, the detail is the payload, byte for byte.
 *
 * @param acceptedEvents names of the events to publish; `undefined`: all.
 */
export function describeGitHubWebhook(
  request: WebhookRequest,
  acceptedEvents: ReadonlySet<string> | undefined,
): Description {
  const payload = payloadOf(request);
  const parsed = payload === undefined ? undefined : parseJsonObject(payload);
  const ids = idsOf(request, parsed);
  const reject = (reason: string): Description => ({ kind: 'rejected', reason, ids });
  const missing = REQUIRED_HEADERS.filter((name) => !request.headers[name.toLowerCase()]);
  if (missing.length > 0) return reject(`Missing headers: ${missing.join(', ')}`);
  if (ids.event === undefined) return reject('Malformed header: X-GitHub-Event');
  if (payload === undefined || parsed === undefined) return reject(payloadError(request));
  if (acceptedEvents && !acceptedEvents.has(ids.event))
    return { kind: 'ignored', reason: 'event type', ids };
  const resources = toUrns('github', ids);
  const named = { id: ids.delivery, source: 'github.com', detailType: ids.event };
  return { kind: 'events', entries: [{ ...named, detail: payload, resources }], ids };
}

/** Sent with every delivery ("Webhook events and payloads", "Delivery headers"). */
const REQUIRED_HEADERS = ['X-GitHub-Event', 'X-GitHub-Delivery'] as const;

const FORM = 'application/x-www-form-urlencoded';

/** The event's JSON text, exactly as GitHub signed it: the body, or the form's only `payload` field. */
function payloadOf(request: WebhookRequest): string | undefined {
  const { contentType, text = '' } = request;
  if (contentType !== FORM) return text;
  const payloads = new URLSearchParams(text).getAll('payload');
  return payloads.length === 1 ? payloads[0] : undefined;
}

const payloadError = ({ contentType }: WebhookRequest): string =>
  contentType === FORM
    ? 'The form does not have exactly one field "payload" that is a JSON object'
    : 'The body is not a JSON object';

/** A detail-type has at most 128 characters, including the suffix `.claim-check`. GitHub's names are far shorter. */
const EVENT_NAME = /^[a-z0-9_]{1,116}$/;

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
