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
  /** Runs the step and returns what was observed, in one line. */
  readonly run: () => Promise<string>;
}

const RESPONSE = 'io.triggermesh.salesforce.apicall.response';

function expect(condition: boolean, what: string): void {
  if (!condition) throw new StackError(`Unexpected: ${what}.`);
}

const urlOf = (url: string | undefined, name: string): string => {
  if (url !== undefined) return url;
  throw new StackError(`The stack has no ${name} URL.`);
};

const isResponseFor =
  (recordId: string) =>
  (event: BusEvent): boolean => {
    const { category, data } = Object(event.detail);
    return event['detail-type'] === RESPONSE && category === 'success' && data?.id === recordId;
  };

/** The texts of one run. Each contains the run's id, so that the records and messages of another run are never found. */
const textsOf = (runId: string) => ({
  issue: `Spelling error on the first page (${runId})`,
  failing: `Opened while Salesforce is unavailable (${runId})`,
  sms: `Is the ☎ "support line" open?\nPlease call back. (${runId})`,
});

/** The clients of the steps, and the ids that one step keeps for the next. */
function createHarness(stack: Stack, observer: Observer) {
  const runId = randomUUID().slice(0, 8);
  const org = simulatedOrg(stack.salesforce.url);
  const { endpoint, outputs } = stack;
  return {
    stack,
    observer,
    org,
    runId,
    texts: textsOf(runId),
    dlq: openQueue(endpoint, outputs['ApiCallDlqUrl'] ?? ''),
    reprocess: createReprocessor(endpoint, outputs['DlqReprocessorFunctionName'] ?? ''),
    ids: { deliveryId: '', caseId: '' },
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

type Harness = ReturnType<typeof createHarness>;

const isDelivery =
  (deliveryId: string) =>
  (event: BusEvent): boolean =>
    event.resources.includes(`urn:webhook:github:delivery:${deliveryId}`);

const githubSteps = ({ event, ids, record, sendIssue, texts }: Harness): Step[] => [
  {
    title: 'GitHub: a signed issues.opened webhook is accepted',
    run: async () => {
      const response = await sendIssue(texts.issue);
      expect(
        response.status === 202,
        `the response to GitHub's webhook was ${response.status} ${response.body}`,
      );
      ids.deliveryId = response.deliveryId;
      return `202 ${response.body} (delivery ${ids.deliveryId})`;
    },
  },
  {
    title: 'Event bus: the event has the exact payload from GitHub',
    run: async () => {
      const seen = await event(
        `the event of delivery ${ids.deliveryId}`,
        isDelivery(ids.deliveryId),
      );
      expect(
        JSON.stringify(seen.detail) === issueTitled(texts.issue),
        'the detail differs from the payload',
      );
      return `${seen.source} / ${seen['detail-type']} (event ${seen.id})`;
    },
  },
  {
    title: 'Salesforce: the issue became a Case',
    run: async () => {
      ids.caseId = (await record('Case', 'Subject', texts.issue)).Id;
      return `Case ${ids.caseId}`;
    },
  },
  {
    title: 'Event bus: the response event has the id of the Case',
    run: async () => {
      const reply = await event('a response event for the Case', isResponseFor(ids.caseId));
      return `category success, in response to event ${reply.detail['processedid']}`;
    },
  },
];

const twilioSteps = ({ record, stack, texts }: Harness): Step[] => [
  {
    title: 'Twilio: a signed SMS webhook is accepted, the response is TwiML',
    run: async () => {
      const url = urlOf(stack.functionUrls.twilio, 'Twilio');
      const signedUrl = stack.outputs['TwilioWebhookUrl'] ?? '';
      const fields = incomingSms(texts.sms);
      const response = await sendTwilio({
        url,
        signedUrl,
        authToken: stack.secrets.twilio,
        fields,
      });
      const isTwiml =
        response.contentType.startsWith('text/xml') && response.body.includes('<Response/>');
      expect(
        response.status === 202 && isTwiml,
        `the response to the SMS was ${response.status} ${response.body}`,
      );
      return `${response.status} ${response.contentType}`;
    },
  },
  {
    title: 'Salesforce: the SMS became a Task with the same text',
    run: async () => `Task ${(await record('Task', 'Description', texts.sms)).Id}`,
  },
];

const busSteps = ({ event, observer, record, runId, sendIssue, stack }: Harness): Step[] => [
  {
    title: 'API destination: an event became a platform event in Salesforce',
    run: async () => {
      const fields = { Carbon_Reduction_Percentage__c: 42, Run_Id__c: runId };
      await observer.put('demo', 'Carbon_Estimate__e', fields);
      const published = await record('Carbon_Estimate__e', 'Run_Id__c', runId);
      return `Carbon_Estimate__e ${published.Id}`;
    },
  },
  {
    title: 'GitHub: a forged webhook is rejected and not published',
    run: async () => {
      const forged = await sendIssue('Forged', 'not the secret');
      expect(forged.status === 401, `the response to the forged webhook was ${forged.status}`);
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
        'the forged webhook was published',
      );
      return `401 ${forged.body}`;
    },
  },
];

const UNAVAILABLE = {
  status: 503,
  errorCode: 'SERVER_UNAVAILABLE',
  times: 1000,
  after: 'before',
} as const;

const failureSteps = (harness: Harness): Step[] => {
  const { dlq, event, org, record, reprocess, sendIssue, texts } = harness;
  const lateCases = async () =>
    (await org.records('Case')).filter(({ Subject }) => Subject === texts.failing);
  const deadLetter = () =>
    waitFor('a message in ApiCallDlq', async () => (await dlq.messages(texts.failing))[0]);
  return [
    {
      title: 'Salesforce is unavailable: the request becomes a dead-letter message with its reason',
      run: async () => {
        const match = { path: '/sobjects/Case', body: texts.failing };
        await org.addFault({ ...UNAVAILABLE, match });
        const response = await sendIssue(texts.failing);
        expect(
          response.status === 202,
          `the response to GitHub's webhook was ${response.status} ${response.body}`,
        );
        const failure = failureOf(await deadLetter());
        expect((await lateCases()).length === 0, 'the Case exists although Salesforce failed');
        return `${failure?.class}: ${failure?.errorCode} (attempts: ${failure?.attempts})`;
      },
    },
    {
      title: 'Salesforce is available again: the reprocessor redrives the message',
      run: async () => {
        await org.clearFaults();
        const report = await reprocess(redriveOne('apicall', await deadLetter()));
        const redriven = report?.queues?.apicall?.results.redriven;
        expect(redriven === 1, `the reprocessor reported ${JSON.stringify(report)}`);
        return `redriven: ${redriven}`;
      },
    },
    {
      title:
        'Salesforce: the Case exists exactly once, and its message has left the dead-letter queue',
      run: async () => {
        const { Id } = await record('Case', 'Subject', texts.failing);
        await event('the response event for the late Case', isResponseFor(Id));
        const { length } = await lateCases();
        expect(length === 1, `there are ${length} Cases for one issue`);
        const remaining = await dlq.messages(texts.failing);
        expect(remaining.length === 0, 'the message is still in the dead-letter queue');
        return `Case ${Id}`;
      },
    },
  ];
};

/** The path of webhooks and events, hop by hop: each step checks the effect of the one before it. */
export function demoSteps(stack: Stack, observer: Observer): Step[] {
  const harness = createHarness(stack, observer);
  return [
    ...githubSteps(harness),
    ...twilioSteps(harness),
    ...busSteps(harness),
    ...failureSteps(harness),
  ];
}
