import { openQueue } from '../../local/demo/queues.ts';
import { simulatedOrg } from '../../local/demo/salesforce.ts';
import type { Stack } from '../../local/stack/stack-file.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { reporterOf } from './executions.ts';
import { upsert } from './requests.ts';
import type { PlannedEvent } from './routes.ts';

const TIMEOUT_MS = 300_000;

/** Makes the Contact that the issues are by. */
async function makeReporter(
  [first]: readonly PlannedEvent[],
  queue: ReturnType<typeof openQueue>,
  org: ReturnType<typeof simulatedOrg>,
): Promise<void> {
  const login = reporterOf(first?.key ?? '');
  const { payload, ...request } = upsert('Contact', login, login);
  const body = JSON.stringify({ ...request, payload: { ...payload, GitHub_Login__c: login } });
  await queue.send([{ body }]);
  const isMade = async (): Promise<true | undefined> =>
    (await org.records('Contact')).some(({ GitHub_Login__c: own }) => own === login) || undefined;
  await waitFor('the Contact of the issues', isMade, { timeoutMs: TIMEOUT_MS, intervalMs: 250 });
}

/**
 * Makes a record for each update and each deletion, and a Contact, through the stack, before anything fails.
 *
 * @returns their ids by the number of the event.
 */
export async function makeExistingRecords(
  { endpoint, outputs, salesforce }: Stack,
  events: readonly PlannedEvent[],
): Promise<Map<number, string>> {
  const org = simulatedOrg(salesforce.url);
  const queue = openQueue(endpoint, outputs['ApiCallQueueUrl'] ?? '');
  const needing = events.filter(({ route }) => ['update', 'delete'].includes(route.request ?? ''));
  const ids = new Map<number, string>();
  await makeReporter(events, queue, org);
  for (const [object, some] of Map.groupBy(needing, ({ route }) => route.object)) {
    const indexes = new Map(some.map(({ index, key }) => [`before-${key}`, index]));
    const bodies = [...indexes.keys()].map((key) => JSON.stringify(upsert(object, key, key)));
    await queue.send(bodies.map((body) => ({ body })));
    const records = await waitFor(
      `${some.length} records of ${object}`,
      async () => {
        const all = await org.records(object);
        const made = all.filter(({ Key__c }) => indexes.has(String(Key__c)));
        return made.length === some.length ? made : undefined;
      },
      { timeoutMs: TIMEOUT_MS, intervalMs: 250 },
    );
    for (const { Id, Key__c } of records) ids.set(indexes.get(String(Key__c)) ?? -1, Id);
  }
  return ids;
}
