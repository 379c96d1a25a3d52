import { classifyResponse } from '../../../../functions/salesforce-apicall/outcome/classify.ts';
import {
  isWanted,
  type ReplyPolicy,
  toReply,
} from '../../../../functions/salesforce-apicall/outcome/reply.ts';
import { decideRetry } from '../../../../functions/salesforce-apicall/outcome/retry.ts';
import { parseHttp } from '../../../../functions/salesforce-apicall/request/http.ts';
import {
  type Call,
  createCaller,
} from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { Sessions } from '../../../../functions/salesforce-apicall/salesforce/session.ts';
import {
  CUT_OFF,
  readBody,
} from '../../../../functions/salesforce-apicall/salesforce/transport.ts';
import { urlEvent } from '../../harness.ts';
import { createHarness } from '../harness.ts';

export const TYPE = 'io.triggermesh.salesforce.apicall';
const VERSION = 'v68.0';
const JSON_TYPE = 'application/json;charset=UTF-8';

export interface Salesforce {
  readonly status?: number;
  readonly body?: string;
  readonly type?: string;
  /** The connection ends before the body does. */
  readonly isCutOff?: true;
}

/** What can be seen from outside: the calls made, and whatever of the reply a row is about. */
export type Behaviour = Readonly<Record<string, unknown>>;

const toText = ({ method, path, body }: Call): string =>
  [method, path.replace(`/services/data/${VERSION}`, ''), body].filter(Boolean).join(' ');

/** The function on its function URL, and a Salesforce that answers everything the same way. */
export async function answer(
  headers: Record<string, string>,
  body: string,
  { status = 200, body: answered = '{"id":"003"}', type = JSON_TYPE, isCutOff }: Salesforce = {},
) {
  const calls: Call[] = [];
  const { send } = createHarness({
    callSalesforce: async (call) => {
      calls.push(call);
      const read = isCutOff ? { body: '', unreadable: CUT_OFF } : readBody(answered, type);
      return { status, headers: {}, ...read };
    },
  });
  const reply = await send(() => parseHttp(urlEvent({ headers, body })));
  return { reply, calls, texts: calls.map(toText) };
}

const EVENT = { specversion: '1.0', id: '1', source: 'shop', type: TYPE };
const STRUCTURED = { 'content-type': 'application/cloudevents+json' };

/** The answer to a request, given as the JSON text of its data, in a structured CloudEvent. */
export const answerTo = (data: string, salesforce?: Salesforce, attributes: object = {}) =>
  answer(
    STRUCTURED,
    `${JSON.stringify({ ...EVENT, ...attributes }).slice(0, -1)},"data":${data}}`,
    salesforce,
  );

/** The calls that a request leads to, or the code that it is refused with. */
export const callsFor = (data: string | object, salesforce?: Salesforce) => async () => {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  const { reply, texts } = await answerTo(text, salesforce);
  return reply.category === 'error' && texts.length === 0
    ? { refused: reply.data.code }
    : { calls: texts };
};

const READ = '{"action":"GET","resource":"sobjects","object":"account","record":"0014x"}';

/** What the reply says of an answer of Salesforce. */
export const replyTo =
  (salesforce: Salesforce, pick: (reply: Behaviour) => Behaviour, attributes?: object) =>
  async (): Promise<Behaviour> => {
    const { reply } = await answerTo(READ, salesforce, attributes);
    return pick(JSON.parse(JSON.stringify(reply)));
  };

/** What becomes of a queued message whose call was answered so. */
export const dispositionOf =
  (status: number, errorCode: string) => async (): Promise<Behaviour> => {
    const outcome = classifyResponse(
      { status, headers: {}, body: [{ errorCode, message: errorCode }] },
      true,
    );
    if (outcome.kind === 'success') return { becomes: 'done' };
    const decision = decideRetry(outcome, { attempts: 1, maxAttempts: 5, now: new Date() });
    return { becomes: decision.kind };
  };

/** Whether a reply is sent under a policy. */
export const sentUnder = (policy: ReplyPolicy, status: number) => async (): Promise<Behaviour> => {
  const outcome = classifyResponse({ status, headers: {}, body: [] }, true);
  const reply = toReply({ id: '1', source: 's', type: TYPE }, outcome, { source: 'target' });
  return { sent: isWanted(reply, policy) };
};

/** Logins and tries of a call that is always answered so. */
export const triesAfter = (status: number) => async (): Promise<Behaviour> => {
  let logins = 0;
  let tries = 0;
  const sessions = new Sessions(async () => {
    logins += 1;
    return { accessToken: `token-${logins}`, instanceUrl: 'https://x.my.salesforce.com' };
  });
  const call = createCaller({
    sessions,
    send: async () => {
      tries += 1;
      return { statusCode: status, headers: { 'content-type': JSON_TYPE }, body: '[]' };
    },
  });
  await call({ method: 'GET', path: '/services/data/v68.0/limits', headers: {} }, 5_000);
  return { logins, tries };
};
