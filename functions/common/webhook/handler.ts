import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import type { RemainingMs } from '../aws.ts';
import { toError } from '../errors.ts';
import type { Publish, Publishable, PublishSuccess } from '../events/publish.ts';
import type { Log } from '../logger.ts';
import {
  acceptedResponse,
  checkHttp,
  ignoredResponse,
  internalErrorResponse,
  invalidSignatureResponse,
  textResponse,
  toWebhookRequest,
  type WebhookRequest,
} from './http.ts';
import { bodyUrn, type Provider, type WebhookIds } from './provider.ts';
import type { SignedContent, VerifySignature } from './signing-secret.ts';

export interface WebhookDependencies {
  readonly provider: Provider;
  readonly verifySignature: VerifySignature;
  readonly publish: Publish;
  readonly report: WebhookReport;
}

/**
 * Handles one webhook, in the same order for every provider: HTTP checks (405, 413, 415), signature (401, or 500 if the
 * secret can't be read), description (400 if malformed, 202 if the event type is ignored), publish (202 if on the bus or
 * spilled, otherwise 500). Never rejects.
 */
export async function handleWebhook(
  event: LambdaFunctionURLEvent,
  remainingMs: RemainingMs,
  dependencies: WebhookDependencies,
): Promise<LambdaFunctionURLResult> {
  const { provider, verifySignature, report } = dependencies;
  const request = toWebhookRequest(event);
  const rejection = checkHttp(request, provider.contentTypes);
  if (rejection) {
    report.rejected(rejection.reason);
    return rejection.response;
  }
  let signed: SignedContent | undefined;
  try {
    const verifier = provider.createVerifier(request);
    signed = verifier && (await verifySignature(verifier));
  } catch (error) {
    report.secretUnusable(toError(error));
    return internalErrorResponse;
  }
  if (signed === undefined) {
    report.rejected('signature');
    return invalidSignatureResponse;
  }
  try {
    return await publishVerified({ request, signed, remainingMs }, dependencies);
  } catch (error) {
    report.notPublished(toError(error));
    return internalErrorResponse;
  }
}

interface VerifiedRequest {
  readonly request: WebhookRequest;
  readonly signed: SignedContent;
  readonly remainingMs: RemainingMs;
}

async function publishVerified(
  { request, signed, remainingMs }: VerifiedRequest,
  { provider, publish, report }: WebhookDependencies,
): Promise<LambdaFunctionURLResult> {
  const description = provider.describe(request);
  const { ids } = description;
  if (description.kind === 'rejected') {
    report.rejected('malformed', ids);
    return textResponse(400, description.reason);
  }
  if (description.kind === 'ignored') {
    report.ignored(description.reason, ids);
    return ignoredResponse;
  }
  const urn = bodyUrn(provider.name, signed);
  const entries = description.entries.map((entry) => ({
    ...entry,
    resources: [...entry.resources, urn],
  }));
  const results = await publish(entries, remainingMs);
  const failed = results.find((result) => result.outcome === 'failed');
  if (failed !== undefined || results.length < entries.length) {
    report.notPublished(failed?.error ?? new Error('An event has no publish result'), ids);
    return internalErrorResponse;
  }
  report.accepted(
    entries,
    results.filter((result) => result.outcome !== 'failed'),
    ids,
  );
  return provider.acceptedResponse?.(request) ?? acceptedResponse;
}

interface ReportOptions {
  /** The provider's name. */
  readonly provider: string;
  readonly secretArn: string;
  readonly log: Log;
}

const byProvider = [['provider']];

const namesOf = (entry: Publishable | undefined) => ({
  source: entry?.source,
  detailType: entry?.detailType,
});

/** Writes one log line per webhook, with its metrics. None contains a body, a signature, or a secret. */
export class WebhookReport {
  readonly #options: ReportOptions;

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  rejected(reason: string, ids?: WebhookIds): void {
    const { provider, log } = this.#options;
    const metrics = { values: { WebhookRejected: 1 }, dimensions: [['provider', 'reason']] };
    log.warn('webhook rejected', { provider, ...ids, reason }, metrics);
  }

  ignored(reason: string, ids: WebhookIds): void {
    const { provider, log } = this.#options;
    const metrics = { values: { WebhookIgnored: 1 }, dimensions: byProvider };
    log.info('webhook ignored', { provider, ...ids, reason }, metrics);
  }

  /**
   * A webhook that carries several events has a line for each of them, too. Accepted webhooks have no metric of their own:
   * Lambda counts the answers of the URL, at no charge.
   */
  accepted(
    entries: readonly Publishable[],
    results: readonly PublishSuccess[],
    ids: WebhookIds,
  ): void {
    const { provider, log } = this.#options;
    const spilled = results.filter(({ outcome }) => outcome === 'spilled').length;
    const claimChecked = results.filter(({ payloadKey }) => payloadKey !== undefined).length;
    const values = {
      ...(spilled > 0 && { EventSpilled: spilled }),
      ...(claimChecked > 0 && { EventClaimChecked: claimChecked }),
    };
    const metrics = { values, dimensions: byProvider };
    const [first, ...others] = results;
    if (first !== undefined && others.length === 0) {
      const names = namesOf(entries[0]);
      log.info('webhook accepted', { provider, ...ids, ...names, ...first }, metrics);
      return;
    }
    for (const [index, result] of results.entries()) {
      const delivery = entries[index]?.id ?? '';
      const names = namesOf(entries[index]);
      log.info('webhook event accepted', { provider, delivery, ...names, ...result });
    }
    const outcome = spilled > 0 ? 'spilled' : 'published';
    log.info('webhook accepted', { provider, ...ids, outcome, events: results.length }, metrics);
  }

  notPublished(error: Error, ids?: WebhookIds): void {
    const { provider, log } = this.#options;
    const metrics = { values: { PublishFailed: 1 }, dimensions: byProvider };
    log.error('webhook not published', { provider, ...ids, error }, metrics);
  }

  secretUnusable(error: Error): void {
    const { provider, secretArn, log } = this.#options;
    const metrics = { values: { SecretUnusable: 1 }, dimensions: byProvider };
    log.error('webhook secret unusable', { provider, secretArn, error }, metrics);
  }

  /** The secret was read again because of a wrong signature: at most once in a while, whatever the number of webhooks. */
  secretRefreshed(): void {
    const { provider, log } = this.#options;
    const metrics = { values: { SecretRefreshed: 1 }, dimensions: byProvider };
    log.info('webhook secret refreshed', { provider }, metrics);
  }
}
