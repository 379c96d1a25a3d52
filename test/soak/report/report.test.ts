import { describe, expect, it } from 'vitest';
import { replacePart, toCostPart, toMappingsPart, toPage } from '../../../soak/report/page.ts';
import { toText } from '../../../soak/report/report.ts';
import { problemsOf, type SoakResult } from '../../../soak/soak.ts';

const held: SoakResult = {
  events: 3,
  reconciliation: {
    routes: [
      {
        route: 'GitHub issue → Case',
        sent: 3,
        accepted: 3,
        applied: 2,
        parked: { OUTCOME_UNKNOWN: 1 },
        rejected: 0,
        notAccepted: 0,
        repeated: 0,
      },
    ],
    lost: [],
    appliedTwice: [],
    unexplained: [],
    misplaced: [],
    contradictory: [],
    executions: [
      {
        mapping: 'return-to-case',
        executions: 9,
        complete: 7,
        parkedBefore: 0,
        parkedBetween: 2,
        parked: { OUTCOME_UNKNOWN: 2 },
      },
    ],
    leftForPerson: [
      {
        why: 'every call with it fails',
        events: 1,
        withEventIdField: 1,
        parked: { 'TOO_MANY_REDRIVES ECONNRESET': 1 },
      },
    ],
  },
  played: [{ hop: 'apicall', fault: 'process killed', times: 2 }],
  unplayed: [],
  waiting: { ApiCallQueue: 0 },
  resent: 1,
  forged: {
    classes: [{ name: 'GitHub: another secret', statuses: { 401: 5 } }],
    sent: 5,
    accepted: 0,
    errors: 0,
    slowestMs: 3,
  },
  canaries: [{ source: 'logs', texts: 1, bytes: 9, secrets: 0, contents: 0, findings: [] }],
  apiCalls: 4,
  resumed: 5,
};

const run = { seed: 7, events: 3, minutes: 1.2, result: held };
const withList = (
  list: 'lost' | 'appliedTwice' | 'contradictory' | 'misplaced' | 'unexplained',
  entry: string,
): SoakResult => ({
  ...held,
  reconciliation: { ...held.reconciliation, [list]: [entry] },
});
const lost = withList('lost', 'bus: update: soak-7-2');

describe('a run', () => {
  it('in which everything held has no problems', () => expect(problemsOf(held)).toEqual([]));

  it.each<[string, SoakResult]>([
    ['1 lost', lost],
    ['1 applied twice', withList('appliedTwice', 'x')],
    ['1 parked for a reason that is not their own', withList('unexplained', 'x')],
    ['1 that can only fail, and are not exactly one parked message', withList('misplaced', 'x')],
    ['1 executions whose steps contradict each other', withList('contradictory', 'x')],
    ['2 still waiting in a queue', { ...held, waiting: { ApiCallQueue: 2 } }],
    ['3 forged requests accepted', { ...held, forged: { ...held.forged, accepted: 3 } }],
    ['4 forged requests answered 5xx', { ...held, forged: { ...held.forged, errors: 4 } }],
    [
      '3 secrets or message contents where they must not be',
      {
        ...held,
        canaries: held.canaries.map((one) => ({ ...one, secrets: 1, contents: 2 })),
      },
    ],
  ])('with %s reports it', (problem, result) => expect(problemsOf(result)).toEqual([problem]));
});

describe('the page', () => {
  const outage = { events: 3_000, calls: 9, callsAfterwards: 20, attempts: 20, deadLettered: 0 };
  const costs = {
    seed: 7,
    minutes: 5,
    outage: { ...outage, seconds: 4.1 },
    poison: { ...outage, deadLettered: 1, seconds: 21 },
  };

  it('keeps the part of the other command when one of them writes its own', async () => {
    const at = new Date('2026-11-25T12:00:00Z');
    const [soakPart, outagePart] = [await toPage(run, at), await toCostPart(costs, at)];
    const page = replacePart(soakPart, outagePart);
    expect(page).toBe(`${soakPart}\n${outagePart}`);
    expect(replacePart(page, soakPart)).toBe(page);
    expect(replacePart(page, outagePart)).toBe(page);
    expect(page).toContain('npm run soak -- --outage 5 --seed 7');
  });

  it('has the part of mappings alone between those of the other commands', async () => {
    const at = new Date('2026-11-25T12:00:00Z');
    const mappingsPart = await toMappingsPart({ ...run, onlyMappings: true }, at);
    const [soakPart, outagePart] = [await toPage(run, at), await toCostPart(costs, at)];
    const page = replacePart(replacePart(soakPart, outagePart), mappingsPart);
    expect(page).toBe(`${soakPart}\n${mappingsPart}\n${outagePart}`);
    expect(replacePart(page, soakPart)).toBe(page);
    expect(mappingsPart).toContain('npm run soak -- --mappings 3 --seed 7');
    expect(mappingsPart).toMatch(/2 killed processes: 0 lost, .*; 5 were resumed/);
    expect(mappingsPart).toMatch(/return-to-case\s+\| 9\s+\| 7\s+\| 0\s+\| 2/);
  });
});

describe('the report', () => {
  it('names the seed, and what was lost', () => {
    const text = toText({ ...run, result: lost });
    expect(text).toContain('Seed 7. FAILED: 1 lost.');
    expect(text).toContain('lost: bus: update: soak-7-2');
  });

  it('as a page has the date, the versions, the seed and every table', async () => {
    const page = await toPage(run, new Date('2026-11-25T12:00:00Z'));
    expect(page).toMatch(
      /- 2026-11-25, salesforce-eventbridge \S+, Node \d+\.\S+, MiniStack \d+\./,
    );
    expect(page).toContain('npm run soak -- --events 3 --seed 7');
    expect(page).toContain('0 lost, 0 applied twice');
    for (const text of ['GitHub issue → Case', 'process killed', '401: 5', 'logs'])
      expect(page).toContain(text);
  });
});
