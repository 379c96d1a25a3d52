import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import type { Log } from './logger.ts';
import type { CountMetric } from './metrics.ts';
import type { Publish, Publishable, Published } from './publish.ts';
import { toWebhookRequest, type WebhookRequest } from './webhook-request.ts';
import type { Verify, WebhookSecret } from './webhook-secret.ts';

/** What a verified request turned out to be. */
export type Description =
  | { readonly kind: 'event'; readonly entry: Publishable; readonly ids: Record<string, string> }
  | { readonly kind: 'ignored'; readonly reason: string; readonly ids: Record<string, string> }
  | { readonly kind: 'rejected'; readonly reason: string };

/** What differs from one provider to the next; the order of checks does not. */
export interface Provider {
  readonly name: 'github' | 'twilio';
  readonly contentTypes: readonly string[];
  /** Answers the check that a secret has to pass, or `undefined` when no secret can: no or a malformed signature. */
  readonly signatureOf: (request: WebhookRequest) => Verify | undefined;
  /** Called only after the signature held. */
  readonly describe: (request: WebhookRequest) => Description;
  /** The answer to an accepted request, where it is not the usual one. */
  readonly answer?: (request: WebhookRequest) => LambdaFunctionURLResult;
}

export interface WebhookDependencies {
  readonly secret: WebhookSecret;
  readonly publish: Publish;
  readonly log: Log;
  readonly count: CountMetric;
}

/** A function URL takes requests of up to 6 MB (Lambda Developer Guide, "Lambda quotas"). */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

const reply = (
  statusCode: number,
  body: string,
  headers: Record<string, string> = {},
): LambdaFunctionURLResult => ({
  statusCode,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body,
});

const accepted = reply(202, 'Message forwarded to Amazon EventBridge');
const failed = reply(500, 'Internal Server Error');

/** What HTTP alone tells, before anything of the request is trusted or parsed. */
function precheck(request: WebhookRequest, { contentTypes }: Provider) {
  if (request.method !== 'POST') {
    return {
      reason: 'method',
      response: reply(405, 'Method not allowed: use POST', { allow: 'POST' }),
    };
  }
  if (request.body.byteLength > MAX_BODY_BYTES) {
    return { reason: 'size', response: reply(413, 'Body too large: at most 6 MB are accepted') };
  }
  if (!contentTypes.includes(request.contentType)) {
    const message = `Unsupported content-type: accepted are ${contentTypes.join(' and ')}`;
    return { reason: 'content-type', response: reply(415, message) };
  }
  return undefined;
}

/** The way of a webhook, the same for every provider: HTTP checks, signature, description, bus. Never rejects. */
export function createWebhookHandler(provider: Provider, dependencies: WebhookDependencies) {
  const { secret, publish, log, count } = dependencies;
  const dimensions = { provider: provider.name };

  const reject = (reason: string, response: LambdaFunctionURLResult): LambdaFunctionURLResult => {
    log.warn('webhook rejected', { provider: provider.name, reason });
    count('WebhookRejected', { ...dimensions, reason });
    return response;
  };

  const isSigned = async (request: WebhookRequest): Promise<boolean> => {
    const verify = provider.signatureOf(request);
    return verify !== undefined && (await secret(verify));
  };

  const report = (published: Published | undefined, ids: Record<string, string>): boolean => {
    if (published === undefined || published.outcome === 'failed') {
      const error = published?.error ?? new Error('nothing was published');
      log.error('webhook not published', { provider: provider.name, ...ids, error });
      count('PublishFailed', dimensions);
      return false;
    }
    if (published.outcome === 'spilled') count('EventSpilled', dimensions);
    else if (published.claimCheck) count('EventClaimChecked', dimensions);
    log.info('webhook accepted', { provider: provider.name, ...ids, ...published });
    count('WebhookAccepted', dimensions);
    return true;
  };

  const forward = async (request: WebhookRequest, remainingMs: () => number) => {
    const description = provider.describe(request);
    if (description.kind === 'rejected') return reject('malformed', reply(400, description.reason));
    if (description.kind === 'ignored') {
      log.info('webhook ignored', {
        provider: provider.name,
        reason: description.reason,
        ...description.ids,
      });
      count('WebhookIgnored', dimensions);
      return reply(202, 'Event type not accepted: nothing was forwarded');
    }
    const [published] = await publish([description.entry], remainingMs);
    if (!report(published, description.ids)) return failed;
    return provider.answer?.(request) ?? accepted;
  };

  return async (
    event: LambdaFunctionURLEvent,
    context: { getRemainingTimeInMillis: () => number },
  ): Promise<LambdaFunctionURLResult> => {
    const request = toWebhookRequest(event);
    const early = precheck(request, provider);
    if (early) return reject(early.reason, early.response);
    try {
      if (!(await isSigned(request))) return reject('signature', reply(401, 'Invalid Signature'));
    } catch (error) {
      log.error('webhook secret unusable', { provider: provider.name, error: toError(error) });
      count('SecretUnusable', dimensions);
      return failed;
    }
    return forward(request, () => context.getRemainingTimeInMillis()).catch((error: unknown) => {
      log.error('webhook not handled', { provider: provider.name, error: toError(error) });
      count('PublishFailed', dimensions);
      return failed;
    });
  };
}

const toError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));
