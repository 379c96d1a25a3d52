import type { Description } from '#common/webhook.ts';
import { deliveryId, isId, toUrns } from '#common/webhook-ids.ts';
import { bodyText, parseJsonObject, type WebhookRequest } from '#common/webhook-request.ts';

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

/**
 * A verified GitHub webhook as an event: detail-type is the `X-GitHub-Event`, the detail its payload, byte for byte.
 *
 * @param accepted event names that are published; `undefined` - all.
 */
export function describe(
  request: WebhookRequest,
  accepted: ReadonlySet<string> | undefined,
): Description {
  const event = request.headers['x-github-event'] ?? '';
  if (event === '') return { kind: 'rejected', reason: 'Missing header: X-GitHub-Event' };
  if (!EVENT_NAME.test(event))
    return { kind: 'rejected', reason: 'Malformed header: X-GitHub-Event' };
  const payload = payloadOf(request);
  const parsed = payload === undefined ? undefined : parseJsonObject(payload);
  if (payload === undefined || parsed === undefined) {
    return { kind: 'rejected', reason: 'The payload is not a JSON object' };
  }
  const id = deliveryId([request.headers['x-github-delivery']], request.body);
  const ids = idsOf(id, event, request.headers['x-github-hook-id'], parsed['action']);
  if (accepted && !accepted.has(event)) return { kind: 'ignored', reason: 'event type', ids };
  const resources = toUrns('github', ids);
  return {
    kind: 'event',
    entry: { id, source: 'github.com', detailType: event, detail: payload, resources },
    ids,
  };
}

function idsOf(delivery: string, event: string, hook: string | undefined, action: unknown) {
  return {
    delivery,
    ...(isId(hook) ? { hook } : {}),
    event,
    ...(typeof action === 'string' && EVENT_NAME.test(action) ? { action } : {}),
  };
}
