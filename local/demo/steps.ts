import { StackError } from '../stack/errors.ts';
import type { Stack } from '../stack/stack-file.ts';
import { waitFor } from '../stack/wait.ts';
import { deadLetters, reprocess } from './dead-letters.ts';
import { issueTitled, sendGitHub } from './github.ts';
import type { BusEvent, Observer } from './observer.ts';
import { type SalesforceRecord, simulatedOrg } from './salesforce.ts';
import { incomingSms, sendTwilio } from './twilio.ts';

export interface Step {
  readonly title: string;
  /** Does the step and answers what was seen, in one line. */
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

const TITLE = 'Spelling error on the first page';
const FAILING = 'Opened while Salesforce is away';
const SMS = 'Is the ☎ "support line" open?\nPlease call back.';

/** What the steps look at, and what one step leaves for the next. */
function createScene(stack: Stack, observer: Observer) {
  const org = simulatedOrg(stack.salesforce.url);
  return {
    stack,
    observer,
    org,
    dlq: deadLetters(stack.endpoint, stack.outputs['ApiCallDlqUrl'] ?? ''),
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

type Scene = ReturnType<typeof createScene>;

const isDelivery =
  (deliveryId: string) =>
  (event: BusEvent): boolean =>
    event.resources.includes(`urn:webhook:github:delivery:${deliveryId}`);

const githubSteps = ({ event, left, record, sendIssue }: Scene): Step[] => [
  {
    title: 'GitHub: a signed issues.opened webhook is accepted',
    run: async () => {
      const answer = await sendIssue(TITLE);
      expect(
        answer.status === 202,
        `GitHub's webhook was answered ${answer.status} ${answer.body}`,
      );
      left.deliveryId = answer.deliveryId;
      return `202 ${answer.body} (delivery ${left.deliveryId})`;
    },
  },
  {
    title: 'Event bus: the event is there, as GitHub sent it',
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
    title: 'Salesforce: the issue is a Case',
    run: async () => {
      left.caseId = (await record('Case', 'Subject', TITLE)).Id;
      return `Case ${left.caseId}`;
    },
  },
  {
    title: 'Event bus: the response event names the Case',
    run: async () => {
      const reply = await event('a response event for the Case', answers(left.caseId));
      return `category success, answers ${reply.detail['processedid']}`;
    },
  },
];

const twilioSteps = ({ record, stack }: Scene): Step[] => [
  {
    title: 'Twilio: a signed SMS is accepted and answered with TwiML',
    run: async () => {
      const url = urlOf(stack.functionUrls.twilio, 'Twilio');
      const signedUrl = stack.outputs['TwilioWebhookUrl'] ?? '';
      const fields = incomingSms(SMS);
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
    run: async () => `Task ${(await record('Task', 'Description', SMS)).Id}`,
  },
];

const busSteps = ({ event, observer, org, sendIssue, stack }: Scene): Step[] => [
  {
    title: 'Without code: an event becomes a platform event through the API destination',
    run: async () => {
      await observer.put('demo', 'Carbon_Estimate__e', { Carbon_Reduction_Percentage__c: 42 });
      const published = await waitFor('the platform event in Salesforce', async () =>
        (await org.records('Carbon_Estimate__e')).at(0),
      );
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

const failureSteps = ({ dlq, event, org, record, sendIssue, stack }: Scene): Step[] => {
  const lateCases = async () =>
    (await org.records('Case')).filter(({ Subject }) => Subject === FAILING);
  return [
    {
      title: 'Salesforce fails: the request is kept as a dead letter, with its reason',
      run: async () => {
        const match = { method: 'POST', path: '/sobjects/Case' };
        await org.addFault({
          match,
          status: 503,
          errorCode: 'SERVER_UNAVAILABLE',
          times: 1000,
          after: 'before',
        });
        const answer = await sendIssue(FAILING);
        expect(
          answer.status === 202,
          `GitHub's webhook was answered ${answer.status} ${answer.body}`,
        );
        const failure = await waitFor('a dead letter of apicall', dlq.peek, { timeoutMs: 40_000 });
        expect((await lateCases()).length === 0, 'the Case exists although Salesforce failed');
        return `${failure.class}: ${failure.errorCode} (attempts: ${failure.attempts})`;
      },
    },
    {
      title: 'Salesforce is back: the reprocessor redrives the dead letter',
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
      title: 'Salesforce: the Case exists, exactly once, and the queue is empty',
      run: async () => {
        const { Id } = await record('Case', 'Subject', FAILING);
        await event('the response event for the late Case', answers(Id));
        const { length } = await lateCases();
        expect(length === 1, `there are ${length} Cases for one issue`);
        expect((await dlq.depth()) === 0, 'the dead-letter queue is not empty');
        return `Case ${Id}`;
      },
    },
  ];
};

/** The main job, hop by hop: each step looks at what the one before it should have caused. */
export function demoSteps(stack: Stack, observer: Observer): Step[] {
  const scene = createScene(stack, observer);
  return [...githubSteps(scene), ...twilioSteps(scene), ...busSteps(scene), ...failureSteps(scene)];
}
