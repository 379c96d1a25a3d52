import { setTimeout as delay } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { AwsClient } from 'aws4fetch';
import pMap from 'p-map';
import { issueTitled, sendGitHub } from '../../local/demo/github.ts';
import { chunksOfTen } from '../../local/demo/queues.ts';
import { incomingSms, sendTwilio } from '../../local/demo/twilio.ts';
import { localClient } from '../../local/stack/aws.ts';
import { localCredentials } from '../../local/stack/engine.ts';
import type { Stack } from '../../local/stack/stack-file.ts';
import { REQUEST_TYPE, requestOf, toEntry } from './requests.ts';
import type { PlannedEvent } from './routes.ts';

/** How the stack responded to an event. */
export interface SentEvent {
  readonly planned: PlannedEvent;
  /** `accepted`: the stack owns it. `rejected`: its sender got the reason. `not accepted`: its sender still owns it. */
  readonly state: 'accepted' | 'rejected' | 'not accepted';
  /** The id that the bus gave it. */
  readonly eventId?: string;
  readonly tries: number;
}

export interface WebhookSecrets {
  readonly github: string;
  readonly twilio: string;
}

interface Options {
  /** The secrets that providers sign with at the moment. */
  readonly secrets: () => WebhookSecrets;
  /** The record that an update or a deletion is about, by the event's number. */
  readonly recordIds: ReadonlyMap<number, string>;
  /** Gets every response, for what must not be in it. */
  readonly onResponse: (planned: PlannedEvent, text: string) => void;
}

const sidsOf = ({ key }: PlannedEvent) => ({ MessageSid: key, SmsSid: key, SmsMessageSid: key });

/** Senders retry as GitHub's redelivery, Twilio's connection overrides and Knative's retries do. */
const MAX_TRIES = 12;
const PAUSE_MS = 400;
const CONCURRENCY = 6;

type Response = SentEvent['state'] | 'retry';

const fromStatus = (status: number): Response => (status === 202 ? 'accepted' : 'retry');

/** The reply's CloudEvent: an error has a field that tells whether a retry can help. */
function fromReply(text: string): Response {
  const { category, data } = Object(JSON.parse(text));
  if (category === 'success') return 'accepted';
  return Object(Object(data).details).retryable ? 'retry' : 'rejected';
}

/** One try to deliver an event over HTTP, as its provider makes it. */
function createHttpSenders(stack: Stack, { secrets, onResponse }: Options) {
  const { functionUrls, outputs, region } = stack;
  const iam = new AwsClient({
    accessKeyId: localCredentials.AWS_ACCESS_KEY_ID,
    secretAccessKey: localCredentials.AWS_SECRET_ACCESS_KEY,
    service: 'lambda',
    region,
    retries: 0,
  });

  const github = async (planned: PlannedEvent): Promise<Response> => {
    const { canary, key } = planned;
    const url = functionUrls.github ?? '';
    const body = issueTitled(canary);
    const answer = await sendGitHub(url, secrets().github, body, 'issues', key);
    onResponse(planned, answer.body);
    return fromStatus(answer.status);
  };

  const twilio = async (planned: PlannedEvent): Promise<Response> => {
    const answer = await sendTwilio({
      url: functionUrls.twilio ?? '',
      signedUrl: outputs['TwilioWebhookUrl'] ?? '',
      authToken: secrets().twilio,
      // A retry has the same fields, as Twilio's have, and with them the same delivery id.
      fields: { ...incomingSms(planned.canary), ...sidsOf(planned) },
      idempotencyToken: planned.key,
    });
    onResponse(planned, answer.body);
    return fromStatus(answer.status);
  };

  const http = async (planned: PlannedEvent): Promise<Response> => {
    const { idempotencyKey: id, ...data } = requestOf(planned, '');
    const event = { specversion: '1.0', id, source: 'soak', type: REQUEST_TYPE, data };
    const response = await iam.fetch(functionUrls.apicall ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(event),
    });
    const text = await response.text();
    onResponse(planned, text);
    return response.status === 200 ? fromReply(text) : 'retry';
  };

  return { github, twilio, http };
}

async function retry(planned: PlannedEvent, send: () => Promise<Response>): Promise<SentEvent> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const state: Response = await send().catch(() => 'retry');
    if (state !== 'retry') return { planned, tries, state };
    await delay(PAUSE_MS);
  }
  return { planned, state: 'not accepted', tries: MAX_TRIES };
}

/** @returns a function that sends events by their routes, and answers which of them the stack has accepted. */
export function createSender(stack: Stack, options: Options) {
  const events = new EventBridgeClient(localClient(stack.endpoint));
  const http = createHttpSenders(stack, options);
  const EventBusName = stack.outputs['EventBusName'] ?? '';

  const put = async (some: readonly PlannedEvent[]): Promise<SentEvent[]> => {
    const Entries = some.map((planned) => ({
      EventBusName,
      ...toEntry(planned, options.recordIds.get(planned.index) ?? ''),
    }));
    const { Entries: results = [] } = await events.send(new PutEventsCommand({ Entries }));
    return some.map((planned, index) => {
      const { EventId } = results[index] ?? {};
      return EventId === undefined
        ? { planned, state: 'not accepted', tries: 1 }
        : { planned, state: 'accepted', eventId: EventId, tries: 1 };
    });
  };

  const post = (planned: PlannedEvent): Promise<SentEvent> => {
    const { by } = planned.route;
    const send = by === 'github' || by === 'twilio' ? http[by] : http.http;
    return retry(planned, () => send(planned));
  };

  return async (some: readonly PlannedEvent[]): Promise<SentEvent[]> => {
    const isHttp = ({ route }: PlannedEvent) => ['github', 'twilio', 'http'].includes(route.by);
    const [overHttp, onBus] = [some.filter(isHttp), some.filter((planned) => !isHttp(planned))];
    const [posted, published] = await Promise.all([
      pMap(overHttp, post, { concurrency: CONCURRENCY }),
      pMap(chunksOfTen(onBus), put, { concurrency: 2 }),
    ]);
    return [...posted, ...published.flat()];
  };
}
