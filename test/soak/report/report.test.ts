import { describe, expect, it } from 'vitest';
import { toPage } from '../../../soak/report/page.ts';
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
};

const run = { seed: 7, events: 3, minutes: 1.2, result: held };
const withList = (list: 'lost' | 'appliedTwice' | 'unexplained', entry: string): SoakResult => ({
  ...held,
  reconciliation: { ...held.reconciliation, [list]: [entry] },
});
const lost = withList('lost', 'bus: update: soak-7-2');

describe('a run', () => {
  it('in which everything held has no problems', () => expect(problemsOf(held)).toEqual([]));

  it.each<[string, SoakResult]>([
    ['1 lost', lost],
    ['1 applied twice', withList('appliedTwice', 'x')],
    ['1 parked for a reason that no fault accounts for', withList('unexplained', 'x')],
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
