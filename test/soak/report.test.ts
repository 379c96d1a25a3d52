import { describe, expect, it } from 'vitest';
import { toPage } from '../../soak/report/page.ts';
import { toText } from '../../soak/report/text.ts';
import { faultsOf, type Soaked } from '../../soak/soak.ts';

const held: Soaked = {
  account: {
    rows: [
      {
        way: 'GitHub issue → Case',
        sent: 3,
        accepted: 3,
        applied: 2,
        parked: { OUTCOME_UNKNOWN: 1 },
        told: 0,
        refused: 0,
        repeated: 0,
      },
    ],
    lost: [],
    twice: [],
    odd: [],
  },
  played: [{ hop: 'apicall', fault: 'process killed', times: 2 }],
  waiting: { ApiCallQueue: 0 },
  resent: 1,
  forged: {
    classes: [{ name: 'GitHub: another secret', statuses: { 401: 5 } }],
    sent: 5,
    accepted: 0,
    errors: 0,
    times: [{ size: 'up to 1 KB', count: 5, medianMs: 1, p99Ms: 2, maxMs: 3 }],
  },
  canaries: [{ source: 'logs', texts: 1, bytes: 9, secrets: 0, contents: 0, findings: [] }],
  apiCalls: 4,
};

const run = { seed: 7, events: 3, minutes: 1.2, soaked: held };
const lost = { ...held, account: { ...held.account, lost: ['bus: update: soak-7-2'] } };

describe('a run', () => {
  it('in which everything held has no faults', () => expect(faultsOf(held)).toEqual([]));

  it.each<[string, Soaked]>([
    ['1 lost', lost],
    ['1 applied twice', { ...held, account: { ...held.account, twice: ['x'] } }],
    [
      '1 parked for a reason that no fault accounts for',
      { ...held, account: { ...held.account, odd: ['x'] } },
    ],
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
  ])('with %s says so', (fault, soaked) => expect(faultsOf(soaked)).toEqual([fault]));
});

describe('the report', () => {
  it('names the seed, and what was lost', () => {
    const text = toText({ ...run, soaked: lost });
    expect(text).toContain('Seed 7. NOT as it must be: 1 lost.');
    expect(text).toContain('lost: bus: update: soak-7-2');
  });

  it('as a page has the date, the versions, the seed and every table', async () => {
    const page = await toPage(run, new Date('2026-11-25T12:00:00Z'));
    expect(page).toMatch(
      /- 2026-11-25, salesforce-eventbridge \S+, Node \d+\.\S+, MiniStack \d+\./,
    );
    expect(page).toContain('npm run soak -- --events 3 --seed 7');
    expect(page).toContain('0 lost, 0 applied twice');
    for (const text of ['GitHub issue → Case', 'process killed', '401: 5', 'up to 1 KB', 'logs'])
      expect(page).toContain(`| ${text}`);
  });
});
