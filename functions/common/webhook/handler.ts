import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import type { RemainingMs } from '../aws.ts';
import { toError } from '../errors.ts';
import type { Publish, PublishSuccess } from '../events/publish.ts';
import type { JsonObject } from '../json.ts';
import type { Log } from '../logger.ts';
import type { CountMetric } from '../metrics.ts';
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
  report.accepted(results, ids);
  return provider.acceptedResponse?.(request) ?? acceptedResponse;
}

interface ReportOptions {
  /** The provider's name. */
  readonly provider: string;
  readonly secretArn: string;
  readonly log: Log;
  readonly countMetric: CountMetric;
}

/** One log line and at least one metric per outcome. None contains a body, a signature, or a secret. */
export class WebhookReport {
  readonly #options: ReportOptions;

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  rejected(reason: string, ids: WebhookIds = {}): void {
    this.#log('warn', 'webhook rejected', { ...ids, reason });
    this.#count('WebhookRejected', { reason });
  }

  ignored(reason: string, ids: WebhookIds): void {
    this.#log('info', 'webhook ignored', { ...ids, reason });
    this.#count('WebhookIgnored');
  }

  accepted(result: PublishSuccess, ids: WebhookIds): void {
    this.#log('info', 'webhook accepted', { ...ids, ...result });
    this.#count('WebhookAccepted');
    if (result.outcome === 'spilled') this.#count('EventSpilled');
    if (result.claimCheck) this.#count('EventClaimChecked');
  }

  notPublished(error: Error, ids: WebhookIds = {}): void {
    this.#log('error', 'webhook not published', { ...ids, error });
    this.#count('PublishFailed');
  }

  secretUnusable(error: Error): void {
    const { secretArn } = this.#options;
    this.#log('error', 'webhook secret unusable', { secretArn, error });
    this.#count('SecretUnusable');
  }

  #log(level: 'info' | 'warn' | 'error', message: string, fields: JsonObject): void {
    const { provider, log } = this.#options;
    log[level](message, { provider, ...fields });
  }

  #count(metric: string, dimensions: Readonly<Record<string, string>> = {}): void {
    const { provider, countMetric } = this.#options;
    countMetric(metric, { provider, ...dimensions });
  }
}
