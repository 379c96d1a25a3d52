import { AwsClient } from 'aws4fetch';
import { issueTitled, sendGitHub } from '../../local/demo/github.ts';
import { incomingSms, sendTwilio } from '../../local/demo/twilio.ts';
import { localCredentials } from '../../local/stack/engine.ts';
import type { Stack } from '../../local/stack/stack-file.ts';
import { REQUEST_TYPE } from './entries.ts';
import type { Planned } from './plan.ts';
import { requestOf } from './requests.ts';

export interface Secrets {
  readonly github: string;
  readonly twilio: string;
}

/** What one try came to. */
export type Attempt =
  | { readonly state: 'accepted' }
  | { readonly state: 'again' }
  | { readonly state: 'told'; readonly code: string };

interface Options {
  readonly secrets: () => Secrets;
  readonly onAnswer: (planned: Planned, text: string) => void;
}

const fromStatus = (status: number): Attempt => ({ state: status === 202 ? 'accepted' : 'again' });

/** A reply's CloudEvent: of errors it says whether another try can help. */
function fromReply(text: string): Attempt {
  const { category, data } = Object(JSON.parse(text));
  if (category === 'success') return { state: 'accepted' };
  const { errorCode, retryable } = Object(Object(data).details);
  return retryable ? { state: 'again' } : { state: 'told', code: String(errorCode) };
}

/** One try to deliver an event over HTTP, as its provider makes it. */
export function createHttpSenders(stack: Stack, { secrets, onAnswer }: Options) {
  const { functionUrls, outputs, region } = stack;
  const iam = new AwsClient({
    accessKeyId: localCredentials.AWS_ACCESS_KEY_ID,
    secretAccessKey: localCredentials.AWS_SECRET_ACCESS_KEY,
    service: 'lambda',
    region,
    retries: 0,
  });

  const github = async (planned: Planned): Promise<Attempt> => {
    const { key, word } = planned;
    const body = issueTitled(word);
    const url = functionUrls.github ?? '';
    const answer = await sendGitHub(url, secrets().github, body, 'issues', key);
    onAnswer(planned, answer.body);
    return fromStatus(answer.status);
  };

  const twilio = async (planned: Planned): Promise<Attempt> => {
    const answer = await sendTwilio({
      url: functionUrls.twilio ?? '',
      signedUrl: outputs['TwilioWebhookUrl'] ?? '',
      authToken: secrets().twilio,
      fields: incomingSms(planned.word),
      idempotencyToken: planned.key,
    });
    onAnswer(planned, answer.body);
    return fromStatus(answer.status);
  };

  const cloudEvent = async (planned: Planned): Promise<Attempt> => {
    const { idempotencyKey: id, ...data } = requestOf(planned, '').data;
    const event = { specversion: '1.0', id, source: 'soak', type: REQUEST_TYPE, data };
    const headers = { 'content-type': 'application/cloudevents+json' };
    const body = JSON.stringify(event);
    const response = await iam.fetch(functionUrls.apicall ?? '', { method: 'POST', headers, body });
    const text = await response.text();
    onAnswer(planned, text);
    return response.status === 200 ? fromReply(text) : { state: 'again' };
  };

  return (planned: Planned): Promise<Attempt> => {
    if (planned.way.by === 'github') return github(planned);
    return planned.way.by === 'twilio' ? twilio(planned) : cloudEvent(planned);
  };
}
