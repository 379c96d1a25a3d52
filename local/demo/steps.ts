import { StackError } from '../stack/errors.ts';
import type { Stack } from '../stack/stack-file.ts';
import { waitFor } from '../stack/wait.ts';
import { deadLetters, reprocess } from './dead-letters.ts';
import { issueOpened, sendGitHub } from './github.ts';
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

/** A copy of a real payload with a title of its own, so that its record can be told from others. */
function issueTitled(title: string): string {
  const payload: { issue: { title: string } } = JSON.parse(issueOpened());
  return JSON.stringify({ ...payload, issue: { ...payload.issue, title } });
}

const answers =
  (record: SalesforceRecord) =>
  (event: BusEvent): boolean => {
    const { category, data } = event.detail as { category?: unknown; data?: { id?: unknown } };
    return event['detail-type'] === RESPONSE && category === 'success' && data?.id === record.Id;
  };

/** The main job, hop by hop: each step looks at what the one before it should have caused. */
export function demoSteps(stack: Stack, observer: Observer): Step[] {
  const org = simulatedOrg(stack.salesforce.url);
  const dlq = deadLetters(stack.endpoint, stack.outputs['ApiCallDlqUrl'] ?? '');
  const github = urlOf(stack.functionUrls.github, 'GitHub');
  const twilio = urlOf(stack.functionUrls.twilio, 'Twilio');
  const token = stack.secrets.twilio;
  const title = 'Spelling error in the README file';
  const failing = 'Opened while Salesforce is away';
  const text = 'Is the ☎ "support line" open?\nPlease call back.';
  const found: Record<string, SalesforceRecord> = {};

  const record = (sObject: string, field: string, value: string): Promise<SalesforceRecord> =>
    waitFor(`a ${sObject} whose ${field} is "${value}"`, async () =>
      (await org.records(sObject)).find((candidate) => candidate[field] === value),
    );
  const event = (what: string, matches: (event: BusEvent) => boolean): Promise<BusEvent> =>
    waitFor(what, () => observer.find(matches));

  let deliveryId = '';
  return [
    {
      title: 'GitHub: a signed issues.opened webhook is accepted',
      run: async () => {
        const answer = await sendGitHub(github, stack.secrets.github, issueTitled(title));
        expect(
          answer.status === 202,
          `GitHub's webhook was answered ${answer.status} ${answer.body}`,
        );
        deliveryId = answer.deliveryId;
        return `202 ${answer.body} (delivery ${deliveryId})`;
      },
    },
    {
      title: 'Event bus: the event is there, as GitHub sent it',
      run: async () => {
        const urn = `urn:webhook:github:delivery:${deliveryId}`;
        const seen = await event(`an event with ${urn}`, ({ resources }) =>
          resources.includes(urn),
        );
        expect(
          JSON.stringify(seen.detail) === issueTitled(title),
          'the detail differs from the payload',
        );
        return `${seen.source} / ${seen['detail-type']} (event ${seen.id})`;
      },
    },
    {
      title: 'Salesforce: the issue is a Case',
      run: async () => {
        found['case'] = await record('Case', 'Subject', title);
        return `Case ${found['case'].Id}`;
      },
    },
    {
      title: 'Event bus: the response event names the Case',
      run: async () => {
        const reply = await event(
          'a response event for the Case',
          answers(found['case'] ?? { Id: '' }),
        );
        return `category success, answers ${reply.detail['processedid']}`;
      },
    },
    {
      title: 'Twilio: a signed SMS is accepted and answered with TwiML',
      run: async () => {
        const signedUrl = stack.outputs['TwilioWebhookUrl'] ?? '';
        const fields = incomingSms(text);
        const answer = await sendTwilio({ url: twilio, signedUrl, authToken: token, fields });
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
      run: async () => `Task ${(await record('Task', 'Description', text)).Id}`,
    },
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
        const answer = await sendGitHub(github, 'not the secret', issueTitled('Forged'));
        expect(answer.status === 401, `the forged webhook was answered ${answer.status}`);
        const marker = await sendGitHub(
          github,
          stack.secrets.github,
          '{"zen":"Design for failure."}',
          'ping',
        );
        await event('the ping sent after it', ({ resources }) =>
          resources.includes(`urn:webhook:github:delivery:${marker.deliveryId}`),
        );
        const forged = observer.count(({ resources }) =>
          resources.includes(`urn:webhook:github:delivery:${answer.deliveryId}`),
        );
        expect(forged === 0, 'the forged webhook is on the bus');
        return `401 ${answer.body}`;
      },
    },
    {
      title: 'Salesforce fails: the request is kept as a dead letter, with its reason',
      run: async () => {
        const match = { method: 'POST', path: '/sobjects/Case' };
        const fault = {
          status: 503,
          errorCode: 'SERVER_UNAVAILABLE',
          times: 1000,
          after: 'before',
        } as const;
        await org.addFault({ match, ...fault });
        const answer = await sendGitHub(github, stack.secrets.github, issueTitled(failing));
        expect(
          answer.status === 202,
          `GitHub's webhook was answered ${answer.status} ${answer.body}`,
        );
        const failure = await waitFor('a dead letter of apicall', dlq.peek, { timeoutMs: 40_000 });
        const cases = (await org.records('Case')).filter(({ Subject }) => Subject === failing);
        expect(cases.length === 0, 'the Case exists although Salesforce failed');
        return `${failure.class}: ${failure.errorCode} after ${failure.attempts} attempts`;
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
        found['late'] = await record('Case', 'Subject', failing);
        await event('the response event for the late Case', answers(found['late']));
        const cases = (await org.records('Case')).filter(({ Subject }) => Subject === failing);
        expect(cases.length === 1, `there are ${cases.length} Cases for one issue`);
        expect((await dlq.depth()) === 0, 'the dead-letter queue is not empty');
        return `Case ${found['late'].Id}`;
      },
    },
  ];
}
