import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import type { RemainingMs } from '../aws.ts';
import { toError } from '../errors.ts';
import type { Publish, Publishable } from '../events/publish.ts';
import type { WebhookIds, WebhookReport } from './report.ts';
import { toWebhookRequest, type WebhookRequest } from './request.ts';
import { accepted, failed, ignored, precheck, reply, unsigned } from './responses.ts';
import type { Verify, WebhookSecret } from './signing-secret.ts';

/** What a verified request turned out to be. */
export type Description =
  | { readonly kind: 'event'; readonly entry: Publishable; readonly ids: WebhookIds }
  | { readonly kind: 'ignored'; readonly reason: string; readonly ids: WebhookIds }
  | { readonly kind: 'rejected'; readonly reason: string; readonly ids: WebhookIds };

/** What differs from one provider to the next; the order of checks does not. */
export interface Provider {
  /** Lower-case: it stands in log lines, in URNs and as the metrics' dimension. */
  readonly name: string;
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
  /** Only for the log line that says which secret is unusable. */
  readonly secretArn: string;
  readonly publish: Publish;
  readonly report: WebhookReport;
}

/** The way of a webhook, the same for every provider: HTTP checks, signature, description, bus. Never rejects. */
export function createWebhookHandler(provider: Provider, dependencies: WebhookDependencies) {
  const { secret, secretArn, publish, report } = dependencies;

  const isSigned = async (request: WebhookRequest): Promise<boolean> => {
    const verify = provider.signatureOf(request);
    return verify !== undefined && (await secret(verify));
  };

  const forward = async (entry: Publishable, ids: WebhookIds, remainingMs: RemainingMs) => {
    const [published] = await publish([entry], remainingMs);
    if (published === undefined || published.outcome === 'failed') {
      report.notPublished(published?.error ?? new Error('nothing was published'), ids);
      return false;
    }
    report.accepted(published, ids);
    return true;
  };

  const handleSigned = async (request: WebhookRequest, remainingMs: RemainingMs) => {
    const description = provider.describe(request);
    const { ids } = description;
    if (description.kind === 'rejected') {
      report.rejected('malformed', ids);
      return reply(400, description.reason);
    }
    if (description.kind === 'ignored') {
      report.ignored(description.reason, ids);
      return ignored;
    }
    const isForwarded = await forward(description.entry, ids, remainingMs);
    return isForwarded ? (provider.answer?.(request) ?? accepted) : failed;
  };

  return async (
    event: LambdaFunctionURLEvent,
    context: { readonly getRemainingTimeInMillis: RemainingMs },
  ): Promise<LambdaFunctionURLResult> => {
    const request = toWebhookRequest(event);
    const refusal = precheck(request, provider.contentTypes);
    if (refusal) {
      report.rejected(refusal.reason);
      return refusal.response;
    }
    try {
      if (!(await isSigned(request))) {
        report.rejected('signature');
        return unsigned;
      }
    } catch (error) {
      report.secretUnusable(secretArn, toError(error));
      return failed;
    }
    return handleSigned(request, () => context.getRemainingTimeInMillis()).catch(
      (error: unknown) => {
        report.notPublished(toError(error));
        return failed;
      },
    );
  };
}
