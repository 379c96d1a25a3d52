import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import type { PublishResult } from '../../../functions/common/events/publish.ts';
import type { Provider } from '../../../functions/common/webhook/provider.ts';
import { createWebhookHandler } from '../../../functions/common/webhook/wiring.ts';
import { createGitHubProvider } from '../../../functions/github-webhook/provider.ts';
import { createTwilioProvider } from '../../../functions/twilio-webhook/provider.ts';
import {
  type FormFields,
  githubRequest,
  type TwilioTarget,
  twilioForm,
  twilioJson,
} from '../../../soak/forgeries/signed.ts';
import { context, memoryBus, memoryLog } from '../harness.ts';

export { DELIVERY, FORM, type FormFields } from '../../../soak/forgeries/signed.ts';

export const SECRET = "It's a Secret to Everybody";
export const TOKEN = '12345678901234567890123456789012';
export const HOST = 'mycompany.com';
export const ACCOUNT = { token: TOKEN, host: HOST };

const config = {
  secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:webhook',
  previousSecretHours: 24,
};

interface HarnessOptions {
  /** The result of publishing; by default, success. */
  readonly outcome?: PublishResult;
  /** The error of reading the secret, if it can't be read. */
  readonly secretError?: Error;
}

/** A provider's handler, wired as in production, with an observable bus and log. */
export function createWebhookHarness(
  provider: Provider,
  secret: string,
  { outcome, secretError }: HarnessOptions = {},
) {
  const bus = memoryBus(outcome);
  const log = memoryLog();
  const handler = createWebhookHandler(provider, config, {
    readSecret: async () => {
      if (secretError) throw secretError;
      return { text: secret, createdAt: new Date(0) };
    },
    publish: bus.publish,
    log,
  });
  const post = async (event: LambdaFunctionURLEvent) => toResponse(await handler(event, context));
  return { ...bus, counted: log.counted, log, post };
}

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function toResponse(result: LambdaFunctionURLResult): Response {
  const { statusCode, headers, body } = Object(result);
  return { status: statusCode, headers, body };
}

export const createGitHubHarness = ({
  acceptedEvents,
  ...options
}: HarnessOptions & { readonly acceptedEvents?: ReadonlySet<string> } = {}) =>
  createWebhookHarness(createGitHubProvider(acceptedEvents), SECRET, options);

export const createTwilioHarness = ({
  publicUrl,
  ...options
}: HarnessOptions & { readonly publicUrl?: string } = {}) =>
  createWebhookHarness(createTwilioProvider(publicUrl), TOKEN, options);

/** A request as GitHub makes it, signed over its exact text. */
export const githubEvent = (payload: string, headers: Record<string, string> = {}) =>
  githubRequest(SECRET, payload, headers);

/** A form as Twilio sends it, signed over `signedUrl` (by default the URL it is sent to). */
export const twilioEvent = (fields: FormFields, target?: TwilioTarget, signedUrl?: string) =>
  twilioForm(ACCOUNT, fields, target, signedUrl);

/** A JSON body as Twilio sends it: its digest is in the query string, which is signed. */
export const twilioJsonEvent = (body: string, rawQueryString?: string) =>
  twilioJson(ACCOUNT, body, rawQueryString);
