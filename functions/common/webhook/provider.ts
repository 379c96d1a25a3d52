import type { LambdaFunctionURLResult } from 'aws-lambda';
import type { Publishable } from '../events/publish.ts';
import { sha256 } from '../sha256.ts';
import type { WebhookRequest } from './http.ts';
import type { SignedContent, Verifier } from './signing-secret.ts';

/** What differs from one webhook provider to the next. */
export interface Provider {
  /** Lower-case: part of log lines and URNs, and a dimension of the metrics. */
  readonly name: string;
  readonly contentTypes: readonly string[];
  /** `undefined` if the request can't have a valid signature (missing or malformed; body not UTF-8): no secret is read. */
  readonly createVerifier: (request: WebhookRequest) => Verifier | undefined;
  /** Called only after the signature is verified. */
  readonly describe: (request: WebhookRequest) => Description;
  /** The response to an accepted request, if the provider expects something other than the default. */
  readonly acceptedResponse?: (request: WebhookRequest) => LambdaFunctionURLResult;
}

/** What to do with a verified request: publish its events, ignore it (202), or reject it (400 with the reason). */
export type Description =
  | {
      readonly kind: 'events';
      readonly entries: readonly Publishable[];
      readonly ids: WebhookIds;
    }
  | { readonly kind: 'ignored'; readonly reason: string; readonly ids: WebhookIds }
  | { readonly kind: 'rejected'; readonly reason: string; readonly ids: WebhookIds };

/** The ids in the event's URNs and in log lines, as far as the provider has them. */
export interface WebhookIds {
  readonly delivery: string;
  readonly hook?: string;
  readonly event?: string;
  readonly action?: string;
}

const ID = /^[A-Za-z0-9-]{1,128}$/;

/** Whether untrusted text is safe to use unchanged in a URN, an object key, and a log line. */
export const isId = (text: unknown): text is string => typeof text === 'string' && ID.test(text);

/** The first of `candidates` that is a valid id; otherwise the SHA-256 digest of the body. */
export const deliveryId = (candidates: readonly (string | undefined)[], body: Buffer): string =>
  candidates.find(isId) ?? sha256(body);

/** `urn:webhook:<provider>:<name>:<id>` for each id, in order. */
export const toUrns = (provider: string, ids: WebhookIds): string[] =>
  Object.entries(ids).map(([name, id]) => `urn:webhook:${provider}:${name}:${id}`);

/** What no replay of a signed request can change, unlike its ids: headers, for example, are not signed. */
export const bodyUrn = (provider: string, signed: SignedContent): string =>
  `urn:webhook:${provider}:body:${sha256(signed)}`;
