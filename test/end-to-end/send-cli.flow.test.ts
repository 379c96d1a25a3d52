import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClients } from '../../cli/aws.ts';
import { main } from '../../cli/events/program.ts';
import { root } from '../../local/stack/paths.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { observer, uniqueId } from './harness.ts';

/** Runs `npm run events -- send` on the local stack. @returns the ids that it prints */
async function send(...args: string[]): Promise<string[]> {
  const printed: string[] = [];
  const exitCode = await main(['send', ...args, '--local', '--json'], {
    print: (text) => printed.push(text),
    log: () => undefined,
    showProgress: () => undefined,
    prompt: undefined,
    createClients,
    stopSignal: new AbortController().signal,
    sleep: async () => undefined,
  });
  const { ok, result } = JSON.parse(printed.join(''));
  expect([exitCode, ok]).toEqual([0, true]);
  return result.receipts.flatMap(({ ids }: { ids: string[] }) => ids);
}

const eventOf = (provider: string, delivery = '') =>
  waitFor(`the event of ${delivery}`, () =>
    observer.find(({ resources }) =>
      resources.includes(`urn:webhook:${provider}:delivery:${delivery}`),
    ),
  );

describe('npm run events -- send', () => {
  it('github: the function accepts the signature, and its event has the printed delivery id', async () => {
    const title = uniqueId();
    const [delivery] = await send('github', 'issues.edited', '--set', `issue.title=${title}`);
    expect(await eventOf('github', delivery)).toMatchObject({
      'detail-type': 'issues',
      detail: { action: 'edited', issue: { title } },
    });
  });

  it('twilio: forms and JSON bodies, at a path of their own', async () => {
    const [form] = await send('twilio', 'status', '--url', '/status?tenant=a%2Fb');
    expect(await eventOf('twilio', form)).toMatchObject({ detail: { MessageStatus: 'delivered' } });
    const [element] = await send('twilio', 'event-streams', '--url', '/stream?tenant=a%2Fb');
    expect(await eventOf('twilio', element)).toMatchObject({ detail: { id: element } });
  });

  it('bus and file: the event reaches the bus, an HTTP request its function', async () => {
    const file = join(root, 'events/bus-parked.json');
    const [id] = await send('bus', file, '--set', `detail.id=${uniqueId()}`);
    expect(
      await waitFor('the event', () => observer.find((event) => event.id === id)),
    ).toMatchObject({ source: 'salesforce-eventbridge' });
    const [reply] = await send('file', join(root, 'events/apicall-http-structured.json'));
    expect(reply).toMatch(/^[0-9a-f-]{36}$/);
  });
});
