import { planSalesforce } from '../../local/chaos/apicall-faults.ts';
import type { Fault, simulatedOrg } from '../../local/demo/salesforce.ts';
import type { Tally } from './tally.ts';

interface Named {
  readonly hop: string;
  readonly name: string;
  readonly fault: Fault;
}

const FROM_APICALL = 'apicall → Salesforce';
const FROM_BUS = 'API destinations → Salesforce';

/** Where API destinations write, and nobody else does. */
const DESTINATIONS = 'Carbon_Estimate__e|Contact/Customer_Id__c/';

const away = { status: 503, errorCode: 'SERVER_UNAVAILABLE', after: 'before' } as const;

/** The org at `apicall`'s calls: what is played to API destinations is planned apart. */
const apart = (fault: Fault): Fault => ({
  ...fault,
  match: {
    ...fault.match,
    path: fault.match.path?.replace(/(\/)$/, `$1(?!.*(${DESTINATIONS}))`) ?? '',
  },
});

/** As many faults as for half of the events sent one by one: a call that fails here takes up to 20 of them with it. */
const SHARE = 0.5;

/** The org's faults of a seed: each sort a few times, at calls and records that the seed chooses. */
export const planOrg = (seed: number, events: number): Named[] =>
  planSalesforce(seed, SHARE * events).map(({ name, fault }) => ({
    hop: name === 'no token' ? 'logins at Salesforce' : FROM_APICALL,
    name,
    fault: name === 'no token' ? fault : apart(fault),
  }));

/** Times of failure that last for so many calls. */
export const windows = {
  unavailable: (times: number): Named => ({
    hop: FROM_APICALL,
    name: '503 window',
    fault: apart({ ...away, match: { path: '/services/data/' }, times }),
  }),
  limit: (times: number): Named => ({
    hop: FROM_APICALL,
    name: 'daily limit window',
    fault: apart({
      ...away,
      status: 403,
      errorCode: 'REQUEST_LIMIT_EXCEEDED',
      message: 'TotalRequests Limit exceeded.',
      match: { path: '/services/data/' },
      times,
    }),
  }),
  destinations: (times: number): Named => ({
    hop: FROM_BUS,
    name: '503 window',
    fault: { ...away, match: { path: DESTINATIONS }, times },
  }),
  resets: (times: number): Named => ({
    hop: FROM_BUS,
    name: 'reset before',
    fault: { reset: true, after: 'before', match: { path: DESTINATIONS }, times },
  }),
};

interface Listed extends Fault {
  readonly id: string;
  readonly left: number;
  readonly spare: number;
}

/** Plays faults of the simulated org, and counts them when they are taken back. */
export function createOrgFaults(org: ReturnType<typeof simulatedOrg>, tally: Tally) {
  const names = new Map<string, Named>();
  let paused: Named[] = [];

  const add = async (named: Named): Promise<void> => {
    const { id }: Listed = Object(await org.addFault(named.fault));
    names.set(id, named);
  };

  /** Answers what is still to come. */
  const clear = async (): Promise<Named[]> => {
    const listed: readonly Listed[] = Object(await org.faults());
    await org.clearFaults();
    return listed.flatMap(({ id, left, spare, times }) => {
      const named = names.get(id);
      if (named === undefined) return [];
      tally.count(named.hop, named.name, times - left);
      return left === 0 ? [] : [{ ...named, fault: { ...named.fault, times: left, skip: spare } }];
    });
  };

  return {
    add,
    clear,
    pause: async (): Promise<void> => {
      paused = await clear();
    },
    resume: async (): Promise<void> => {
      for (const named of paused) await add(named);
      paused = [];
    },
  };
}

export type OrgFaults = ReturnType<typeof createOrgFaults>;
