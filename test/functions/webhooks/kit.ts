import { sign } from '@octokit/webhooks-methods';
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { Published } from '../../../functions/common/publish.ts';
import { createWebhookHandler, type Provider } from '../../../functions/common/webhook.ts';
import { createWebhookReport } from '../../../functions/common/webhook-report.ts';
import { githubProvider } from '../../../functions/github-webhook/provider.ts';
import { twilioProvider } from '../../../functions/twilio-webhook/provider.ts';
import { context, memoryBus, memoryLog, memoryMetrics, urlEvent } from '../kit.ts';

export const SECRET = "It's a Secret to Everybody";
export const TOKEN = '12345678901234567890123456789012';
export const FORM = 'application/x-www-form-urlencoded';
export const HOST = 'mycompany.com';

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

export const DELIVERY = '72d3162e-cc78-11e3-81ab-4c9367dc0958';

/** A request as GitHub makes it, signed over its exact text. */
export async function githubEvent(payload: string, headers: Record<string, string> = {}) {
  const all = {
    'content-type': 'application/json',
    'x-github-event': 'issues',
    'x-github-delivery': DELIVERY,
    'x-github-hook-id': '42',
    'x-hub-signature-256': payload === '' ? '' : await sign(SECRET, payload),
    ...headers,
  };
  return urlEvent({ headers: all, body: payload });
}

export type FormFields = readonly (readonly [string, string])[];

const toForm = (fields: FormFields): URLSearchParams =>
  new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]));

/** A form's fields as Twilio signs them: every repeat of a name. */
function signedParams(fields: FormFields): Record<string, string[]> {
  const form = toForm(fields);
  return Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)]));
}

interface TwilioTarget {
  readonly rawPath?: string;
  readonly rawQueryString?: string;
  readonly headers?: Record<string, string>;
}

const urlOf = ({ rawPath = '/', rawQueryString = '' }: TwilioTarget): string =>
  `https://${HOST}${rawPath}${rawQueryString === '' ? '' : `?${rawQueryString}`}`;

/** A form as Twilio sends it, signed by Twilio's own library over `signedUrl` (by default the URL it goes to). */
export function twilioEvent(
  fields: FormFields,
  target: TwilioTarget = {},
  signedUrl = urlOf(target),
): LambdaFunctionURLEvent {
  const signature = webhooks.getExpectedTwilioSignature(TOKEN, signedUrl, signedParams(fields));
  const { headers, ...rest } = target;
  return urlEvent({
    ...rest,
    headers: { 'content-type': FORM, host: HOST, 'x-twilio-signature': signature, ...headers },
    body: toForm(fields).toString(),
  });
}

/** A JSON body as Twilio sends it: its digest is in the query, and the query is signed. */
export function twilioJsonEvent(body: string, rawQueryString = ''): LambdaFunctionURLEvent {
  const hash = webhooks.getExpectedBodyHash(body);
  const query = `${rawQueryString}${rawQueryString === '' ? '' : '&'}bodySHA256=${hash}`;
  const target = { rawQueryString: query, headers: { 'content-type': 'application/json' } };
  return { ...twilioEvent([], target), body };
}
