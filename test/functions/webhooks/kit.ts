import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import type { Published } from '../../../functions/common/events/publish.ts';
import { createWebhookHandler, type Provider } from '../../../functions/common/webhook/handler.ts';
import { createWebhookReport } from '../../../functions/common/webhook/report.ts';
import { githubProvider } from '../../../functions/github-webhook/provider.ts';
import { twilioProvider } from '../../../functions/twilio-webhook/provider.ts';
import {
  type FormFields,
  githubRequest,
  type TwilioTarget,
  twilioForm,
  twilioJson,
} from '../../../soak/forgeries/signed.ts';
import { context, memoryBus, memoryLog, memoryMetrics } from '../kit.ts';

export { DELIVERY, FORM, type FormFields } from '../../../soak/forgeries/signed.ts';

export const SECRET = "It's a Secret to Everybody";
export const TOKEN = '12345678901234567890123456789012';
export const HOST = 'mycompany.com';
export const ACCOUNT = { token: TOKEN, host: HOST };

interface SceneOptions {
  /** What the bus answers; by default it takes everything. */
  readonly outcome?: Published;
  /** What reading the secret ends with, when it cannot be read. */
  readonly secretError?: Error;
}

/** A provider's whole handler with a bus, a log and metrics that can be looked into. */
export function scene(provider: Provider, secret: string, { outcome, secretError }: SceneOptions) {
  const bus = memoryBus(outcome);
  const log = memoryLog();
  const { count, counted } = memoryMetrics();
  const handler = createWebhookHandler(provider, {
    secret: async (verify) => {
      if (secretError) throw secretError;
      return verify(secret);
    },
    secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:webhook',
    publish: bus.publish,
    report: createWebhookReport({ provider: provider.name, log, count }),
  });
  const post = async (event: LambdaFunctionURLEvent) => toAnswer(await handler(event, context));
  return { ...bus, counted, log, post };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function toAnswer(result: LambdaFunctionURLResult): Answer {
  const { statusCode, headers, body } = Object(result);
  return { status: statusCode, headers, body };
}

export const githubScene = ({
  accepted,
  ...options
}: SceneOptions & { readonly accepted?: ReadonlySet<string> } = {}) =>
  scene(githubProvider(accepted), SECRET, options);

export const twilioScene = ({
  publicUrl,
  ...options
}: SceneOptions & { readonly publicUrl?: string } = {}) =>
  scene(twilioProvider(publicUrl), TOKEN, options);

/** A request as GitHub makes it, signed over its exact text. */
export const githubEvent = (payload: string, headers: Record<string, string> = {}) =>
  githubRequest(SECRET, payload, headers);

/** A form as Twilio sends it, signed over `signedUrl` (by default the URL it goes to). */
export const twilioEvent = (fields: FormFields, target?: TwilioTarget, signedUrl?: string) =>
  twilioForm(ACCOUNT, fields, target, signedUrl);

/** A JSON body as Twilio sends it: its digest is in the query, and the query is signed. */
export const twilioJsonEvent = (body: string, rawQueryString?: string) =>
  twilioJson(ACCOUNT, body, rawQueryString);
