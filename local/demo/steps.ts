import { randomUUID } from 'node:crypto';
import { StackError } from '../stack/errors.ts';
import type { Stack } from '../stack/stack-file.ts';
import { waitFor } from '../stack/wait.ts';
import { issueTitled, sendGitHub } from './github.ts';
import type { BusEvent, Observer } from './observer.ts';
import { createReprocessor, failureOf, openQueue, redriveOne } from './queues.ts';
import { type SalesforceRecord, simulatedOrg } from './salesforce.ts';
import { incomingSms, sendTwilio } from './twilio.ts';

export interface Step {
  readonly title: string;
  /** @returns what was seen, in one line. */
  readonly run: () => Promise<string>;
}

const RESPONSE = 'io.triggermesh.salesforce.apicall.response';

function expect(condition: boolean, what: string): void {
  if (!condition) throw new StackError(`Not as it should be: ${what}.`);
}

const urlOf = (url: string | undefined, name: string): string => {
  if (url !== undefined) return url;
  throw new StackError(`The stack has no ${name} URL.`);
};

const answers =
  (recordId: string) =>
  (event: BusEvent): boolean => {
    const { category, data } = Object(event.detail);
    return event['detail-type'] === RESPONSE && category === 'success' && data?.id === recordId;
  };

/** The texts of one run. Each holds the run's id, so that another run's records and messages are never found. */
const textsOf = (runId: string) => ({
  issue: `Spelling error on the first page (${runId})`,
  failing: `Opened while Salesforce is unavailable (${runId})`,
  sms: `Is the ☎ "support line" open?\nPlease call back. (${runId})`,
});

/** Clients of the stack, and what one step passes on to the next. */
function createContext(stack: Stack, observer: Observer) {
  const runId = randomUUID().slice(0, 8);
  const org = simulatedOrg(stack.salesforce.url);
  return {
    stack,
    observer,
    org,
    runId,
    texts: textsOf(runId),
    dlq: openQueue(stack.endpoint, stack.outputs['ApiCallDlqUrl'] ?? ''),
    reprocess: createReprocessor(stack.endpoint, stack.outputs['DlqReprocessorFunctionName'] ?? ''),
    state: { deliveryId: '', caseId: '' },
    sendIssue: (title: string, secret = stack.secrets.github) =>
      sendGitHub(urlOf(stack.functionUrls.github, 'GitHub'), secret, issueTitled(title)),
    record: (sObject: string, field: string, value: string): Promise<SalesforceRecord> =>
      waitFor(`a ${sObject} whose ${field} is "${value}"`, async () =>
        (await org.records(sObject)).find((candidate) => candidate[field] === value),
      ),
    event: (what: string, matches: (event: BusEvent) => boolean): Promise<BusEvent> =>
      waitFor(what, () => observer.find(matches)),
  };
}

type Context = ReturnType<typeof createContext>;

const isDelivery =
  (deliveryId: string) =>
  (event: BusEvent): boolean =>
    event.resources.includes(`urn:webhook:github:delivery:${deliveryId}`);

const githubSteps = ({ event, record, sendIssue, state, texts }: Context): Step[] => [
  {
    title: 'GitHub: a signed issues.opened webhook is accepted',
    run: async () => {
      const answer = await sendIssue(texts.issue);
      expect(
        answer.status === 202,
        `GitHub's webhook was answered ${answer.status} ${answer.body}`,
      );
      state.deliveryId = answer.deliveryId;
      return `202 ${answer.body} (delivery ${state.deliveryId})`;
    },
  },
  {
    title: 'Event bus: the event is there, as GitHub sent it',
    run: async () => {
      const seen = await event(
        `the event of delivery ${state.deliveryId}`,
        isDelivery(state.deliveryId),
      );
      expect(
        JSON.stringify(seen.detail) === issueTitled(texts.issue),
        'the detail differs from the payload',
      );
      return `${seen.source} / ${seen['detail-type']} (event ${seen.id})`;
    },
  },
  {
    title: 'Salesforce: the issue is a Case',
    run: async () => {
      state.caseId = (await record('Case', 'Subject', texts.issue)).Id;
      return `Case ${state.caseId}`;
    },
  },
  {
    title: 'Event bus: the response event names the Case',
    run: async () => {
      const reply = await event('a response event for the Case', answers(state.caseId));
      return `category success, answers ${reply.detail['processedid']}`;
    },
  },
];

const twilioSteps = ({ record, stack, texts }: Context): Step[] => [
  {
    title: 'Twilio: a signed SMS is accepted and answered with TwiML',
    run: async () => {
      const url = urlOf(stack.functionUrls.twilio, 'Twilio');
      const signedUrl = stack.outputs['TwilioWebhookUrl'] ?? '';
      const fields = incomingSms(texts.sms);
      const answer = await sendTwilio({ url, signedUrl, authToken: stack.secrets.twilio, fields });
      const isTwiml =
        answer.contentType.startsWith('text/xml') && answer.body.includes('<Response/>');
      expect(
        answer.status === 202 && isTwiml,
        `the SMS was answered ${answer.status} ${answer.body}`,
      );
      return `${answer.status} ${answer.contentType}`;
    },
  },
  {
    title: 'Salesforce: the SMS is a Task, its text unchanged',
    run: async () => `Task ${(await record('Task', 'Description', texts.sms)).Id}`,
  },
];

const busSteps = ({ event, observer, record, runId, sendIssue, stack }: Context): Step[] => [
  {
    title: 'Without code: an event becomes a platform event through the API destination',
    run: async () => {
      const fields = { Carbon_Reduction_Percentage__c: 42, Run_Id__c: runId };
      await observer.put('demo', 'Carbon_Estimate__e', fields);
      const published = await record('Carbon_Estimate__e', 'Run_Id__c', runId);
      return `Carbon_Estimate__e ${published.Id}`;
    },
  },
  {
    title: 'A forged webhook is refused, and nothing of it reaches the bus',
    run: async () => {
      const forged = await sendIssue('Forged', 'not the secret');
      expect(forged.status === 401, `the forged webhook was answered ${forged.status}`);
      const url = urlOf(stack.functionUrls.github, 'GitHub');
      const ping = await sendGitHub(
        url,
        stack.secrets.github,
        '{"zen":"Design for failure."}',
        'ping',
      );
      await event('the ping sent after it', isDelivery(ping.deliveryId));
      expect(
        observer.count(isDelivery(forged.deliveryId)) === 0,
        'the forged webhook is on the bus',
      );
      return `401 ${forged.body}`;
    },
  },
];

const failureSteps = (context: Context): Step[] => {
  const { dlq, event, org, record, reprocess, sendIssue, texts } = context;
  const lateCases = async () =>
    (await org.records('Case')).filter(({ Subject }) => Subject === texts.failing);
  const deadLetter = () =>
    waitFor('the dead-letter message', async () => (await dlq.messages(texts.failing))[0]);
  return [
    {
      title: 'Salesforce fails: the request is dead-lettered, with its reason',
      run: async () => {
        await org.addFault({
          match: { path: '/sobjects/Case', body: texts.failing },
          status: 503,
          errorCode: 'SERVER_UNAVAILABLE',
          times: 1000,
          after: 'before',
        });
        const answer = await sendIssue(texts.failing);
        expect(
          answer.status === 202,
          `GitHub's webhook was answered ${answer.status} ${answer.body}`,
        );
        const failure = failureOf(await deadLetter());
        expect((await lateCases()).length === 0, 'the Case exists although Salesforce failed');
        return `${failure?.class}: ${failure?.errorCode} (attempts: ${failure?.attempts})`;
      },
    },
    {
      title: 'Salesforce is back: the reprocessor redrives the dead-letter message',
      run: async () => {
        await org.clearFaults();
        const report = await reprocess(redriveOne('apicall', await deadLetter()));
        const redriven = report?.queues?.apicall?.results.redriven;
        expect(redriven === 1, `the reprocessor reported ${JSON.stringify(report)}`);
        return `redriven: ${redriven}`;
      },
    },
    {
      title: 'Salesforce: the Case exists, exactly once, and its message has left the queue',
      run: async () => {
        const { Id } = await record('Case', 'Subject', texts.failing);
        await event('the response event for the late Case', answers(Id));
        const { length } = await lateCases();
        expect(length === 1, `there are ${length} Cases for one issue`);
        const remaining = await dlq.messages(texts.failing);
        expect(remaining.length === 0, 'the message is still in the dead-letter queue');
        return `Case ${Id}`;
      },
    },
  ];
};

/** The main job, hop by hop: each step checks what the one before it should have caused. */
export function demoSteps(stack: Stack, observer: Observer): Step[] {
  const context = createContext(stack, observer);
  return [githubSteps, twilioSteps, busSteps, failureSteps].flatMap((steps) => steps(context));
}
