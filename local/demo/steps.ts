import { StackError } from '../stack/errors.ts';
import type { Stack } from '../stack/stack-file.ts';
import { waitFor } from '../stack/wait.ts';
import { deadLetterQueue, reprocess } from './dead-letter-queue.ts';
import { issueTitled, sendGitHub } from './github.ts';
import type { BusEvent, Observer } from './observer.ts';
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

const TITLE = 'Spelling error on the first page';
const FAILING = 'Opened while Salesforce is unavailable';
const SMS = 'Is the ☎ "support line" open?\nPlease call back.';

/** The clients of the steps, and the ids that one step keeps for the next. */
function createHarness(stack: Stack, observer: Observer) {
  const org = simulatedOrg(stack.salesforce.url);
  return {
    stack,
    observer,
    org,
    dlq: deadLetterQueue(stack.endpoint, stack.outputs['ApiCallDlqUrl'] ?? ''),
    left: { deliveryId: '', caseId: '' },
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

const githubSteps = ({ event, left, record, sendIssue }: Harness): Step[] => [
  {
    title: 'GitHub: a signed issues.opened webhook is accepted',
    run: async () => {
      const response = await sendIssue(TITLE);
      expect(
        response.status === 202,
        `the response to GitHub's webhook was ${response.status} ${response.body}`,
      );
      left.deliveryId = response.deliveryId;
      return `202 ${response.body} (delivery ${left.deliveryId})`;
    },
  },
  {
    title: 'Event bus: the event has the exact payload from GitHub',
    run: async () => {
      const seen = await event(
        `the event of delivery ${left.deliveryId}`,
        isDelivery(left.deliveryId),
      );
      expect(
        JSON.stringify(seen.detail) === issueTitled(TITLE),
        'the detail differs from the payload',
      );
      return `${seen.source} / ${seen['detail-type']} (event ${seen.id})`;
    },
  },
  {
    title: 'Salesforce: the issue became a Case',
    run: async () => {
      left.caseId = (await record('Case', 'Subject', TITLE)).Id;
      return `Case ${left.caseId}`;
    },
  },
  {
    title: 'Event bus: the response event has the id of the Case',
    run: async () => {
      const reply = await event('a response event for the Case', isResponseFor(left.caseId));
      return `category success, in response to event ${reply.detail['processedid']}`;
    },
  },
];

const twilioSteps = ({ record, stack }: Harness): Step[] => [
  {
    title: 'Twilio: a signed SMS webhook is accepted, the response is TwiML',
    run: async () => {
      const url = urlOf(stack.functionUrls.twilio, 'Twilio');
      const signedUrl = stack.outputs['TwilioWebhookUrl'] ?? '';
      const fields = incomingSms(SMS);
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
    run: async () => `Task ${(await record('Task', 'Description', SMS)).Id}`,
  },
];

const busSteps = ({ event, observer, org, sendIssue, stack }: Harness): Step[] => [
  {
    title: 'API destination: an event became a platform event in Salesforce',
    run: async () => {
      await observer.put('demo', 'Carbon_Estimate__e', { Carbon_Reduction_Percentage__c: 42 });
      const published = await waitFor('the platform event in Salesforce', async () =>
        (await org.records('Carbon_Estimate__e')).at(0),
      );
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

const failureSteps = ({ dlq, event, org, record, sendIssue, stack }: Harness): Step[] => {
  const lateCases = async () =>
    (await org.records('Case')).filter(({ Subject }) => Subject === FAILING);
  return [
    {
      title: 'Salesforce is unavailable: the request becomes a dead-letter message with its reason',
      run: async () => {
        const match = { method: 'POST', path: '/sobjects/Case' };
        await org.addFault({
          match,
          status: 503,
          errorCode: 'SERVER_UNAVAILABLE',
          times: 1000,
          after: 'before',
        });
        const response = await sendIssue(FAILING);
        expect(
          response.status === 202,
          `the response to GitHub's webhook was ${response.status} ${response.body}`,
        );
        const failure = await waitFor('a message in ApiCallDlq', dlq.peek, { timeoutMs: 40_000 });
        expect((await lateCases()).length === 0, 'the Case exists although Salesforce failed');
        return `${failure.class}: ${failure.errorCode} (attempts: ${failure.attempts})`;
      },
    },
    {
      title: 'Salesforce is available again: the reprocessor redrives the message',
      run: async () => {
        await org.clearFaults();
        const report = await reprocess(
          stack.endpoint,
          stack.outputs['DlqReprocessorFunctionName'] ?? '',
        );
        const { redriven } = report.queues.apicall.results;
        expect(redriven === 1, `the reprocessor reported ${JSON.stringify(report.queues)}`);
        return `redriven: ${redriven}`;
      },
    },
    {
      title: 'Salesforce: the Case exists exactly once, and the dead-letter queue is empty',
      run: async () => {
        const { Id } = await record('Case', 'Subject', FAILING);
        await event('the response event for the late Case', isResponseFor(Id));
        const { length } = await lateCases();
        expect(length === 1, `there are ${length} Cases for one issue`);
        expect((await dlq.depth()) === 0, 'the dead-letter queue is not empty');
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
