import { describe, expect, it } from 'vitest';
import type { Mappings } from '../../console/api.ts';
import { fakeStack, startConsole } from './harness.ts';

const ISSUE = 'events/bus-github-issue-opened.json';
const start = (Mappings = 'github-issue-to-case') =>
  startConsole({ clients: fakeStack({}, {}, { Mappings }).clients });

describe('GET mappings', () => {
  it('are those of this clone, with what is switched on and which samples they match', async () => {
    const { get } = await start();
    const mappings: Mappings = Object((await get('mappings')).body);
    expect(mappings.length).toBeGreaterThan(3);
    expect(mappings).toContainEqual({
      name: 'github-issue-to-case',
      description: 'An opened GitHub issue becomes a Case',
      isEnabled: true,
      steps: ['create Case'],
      samples: [{ name: ISSUE, text: expect.stringContaining('"source": "github.com"') }],
    });
    expect(mappings.filter(({ isEnabled }) => isEnabled)).toHaveLength(1);
  });

  it('are all switched on by *', async () => {
    const { get } = await start('*');
    const mappings: Mappings = Object((await get('mappings')).body);
    expect(mappings.every(({ isEnabled }) => isEnabled)).toBe(true);
  });
});

describe('files of the clone', () => {
  it.each([
    'package.json',
    'events/../package.json',
    '%2e%2e/package.json',
    'events%2f..%2fpackage.json',
    '.local/stack.json',
    ISSUE,
  ])('are not read by their names: %s', async (name) => {
    const { get } = await start();
    for (const path of [name, `mappings/${name}`, `samples/${name}`])
      expect(await get(path)).toMatchObject({ status: 404, body: { kind: 'not found' } });
  });
});

describe('POST mappings/try', () => {
  const sample = async (get: Awaited<ReturnType<typeof start>>['get']): Promise<string> =>
    (Object((await get('mappings')).body) as Mappings)
      .flatMap(({ samples }) => samples)
      .find(({ name }) => name === ISSUE)?.text ?? '';

  it('shows the requests, in the words of steps', async () => {
    const { get, post } = await start();
    const answer = await post('mappings/try', {
      name: 'github-issue-to-case',
      event: await sample(get),
    });
    expect(answer).toEqual({
      status: 200,
      headers: expect.anything(),
      body: {
        kind: 'ran',
        requests: [expect.stringMatching(/^create: Case\nfields:\n {2}Subject: Spelling error/)],
        unanswered: [],
      },
    });
  });

  it('says that an event does not match', async () => {
    const { get, post } = await start();
    const event = (await sample(get)).replace('"opened"', '"closed"');
    expect(await post('mappings/try', { name: 'github-issue-to-case', event })).toMatchObject({
      status: 200,
      body: { kind: 'no match' },
    });
  });

  it.each([
    [{ name: 'github-issue-to-case', event: '{' }, 'not JSON'],
    [{ name: 'github-issue-to-case', event: '{}' }, 'not an event'],
    [{ name: 'github-issue-to-cas', event: '{}' }, 'github-issue-to-case'],
    [{ name: 'x' }, 'event'],
    [{ name: 'x', event: '', more: 1 }, 'more'],
    [null, 'object'],
  ])('names what is wrong with %j', async (body, problem) => {
    const { post } = await start();
    const answer = await post('mappings/try', body);
    expect(answer).toMatchObject({
      status: 400,
      body: { kind: 'invalid', message: expect.stringContaining(problem) },
    });
  });
});
