import { describe, expect, it } from 'vitest';
import type { SalesforceRecord } from '../../../local/demo/salesforce.ts';
import { PERMANENT_CODE } from '../../../local/faults/salesforce-faults.ts';
import { type PlannedEvent, routes } from '../../../soak/events/routes.ts';
import type { SentEvent } from '../../../soak/events/send.ts';
import { madeByExecutions } from '../../../soak/reconcile/executions.ts';
import { parkedByEvent } from '../../../soak/reconcile/facts.ts';
import { reconcile } from '../../../soak/reconcile/reconcile.ts';

const routeOf = (name: string) => {
  const route = routes.find((one) => one.name === name);
  if (route === undefined) throw new Error(`No route ${name}`);
  return route;
};

const planned = (index: number, name = 'bus: create'): PlannedEvent => ({
  index,
  route: routeOf(name),
  key: `soak-1-${index}`,
  canary: `canary${String(index).padStart(20, '0')}`,
  returns: 0,
});

const sent = (one: PlannedEvent, state: SentEvent['state'] = 'accepted'): SentEvent => ({
  planned: one,
  state,
  tries: 1,
});

const parked = (index: number, reason: string, errorCode = '', messageId = 'message') => ({
  reason,
  messageId: 'any',
  body: JSON.stringify({ idempotencyKey: `soak-1-${index}` }),
  attributes: { Failure: JSON.stringify({ errorCode, correlation: { messageId } }) },
});

function account(
  some: readonly SentEvent[],
  counts: readonly (readonly [PlannedEvent, number])[],
  messages: readonly ReturnType<typeof parked>[] = [],
  made: ReadonlyMap<string, readonly SalesforceRecord[]> = new Map(),
) {
  return reconcile(some, {
    records: new Map(counts.map(([{ canary }, count]) => [canary, count])),
    recordIds: new Set(['record']),
    parked: parkedByEvent(messages, 1),
    made: madeByExecutions(made, 1),
    existing: new Map([[9, 'record']]),
  });
}

const one = planned(1);

describe('an accepted event', () => {
  it('is applied when one record contains its canary', () => {
    expect(account([sent(one)], [[one, 1]])).toMatchObject({
      lost: [],
      appliedTwice: [],
      unexplained: [],
    });
  });

  it('is lost when it is neither in Salesforce nor parked', () => {
    expect(account([sent(one)], []).lost).toEqual(['bus: create: soak-1-1']);
  });

  it('is applied twice when two records contain its canary', () => {
    expect(account([sent(one)], [[one, 2]]).appliedTwice).toEqual(['bus: create: soak-1-1']);
  });

  it('is not lost when it is parked, for a reason that a fault accounts for', () => {
    const {
      lost,
      unexplained,
      routes: outcomes,
    } = account([sent(one)], [], [parked(1, 'OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN')]);
    expect({ lost, unexplained }).toEqual({ lost: [], unexplained: [] });
    expect(outcomes.find(({ route }) => route === 'bus: create')?.parked).toEqual({
      'OUTCOME_UNKNOWN OUTCOME_UNKNOWN': 1,
    });
  });

  it('is not found in the message of an event whose number begins with its own', () => {
    expect(account([sent(one)], [], [parked(12, 'OUTCOME_UNKNOWN')]).lost).toHaveLength(1);
  });

  it.each([
    ['bus: create', 'PERMANENT', 'MALFORMED_ID'],
    ['bus: upsert', 'OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN'],
    ['bus: create', 'UNKNOWN_ENVELOPE', ''],
    ['bus: create', 'TOO_MANY_REDRIVES', 'ECONNRESET'],
    ['bus: create with event id field', 'OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN'],
  ])('%s, parked as %s %s, is unexplained', (name, reason, errorCode) => {
    const other = planned(2, name);
    expect(account([sent(other)], [], [parked(2, reason, errorCode)]).unexplained).toHaveLength(1);
  });

  it('may be parked for an error that Salesforce was told to answer', () => {
    expect(account([sent(one)], [], [parked(1, 'PERMANENT', PERMANENT_CODE)]).unexplained).toEqual(
      [],
    );
  });
});

describe('an event that was not accepted', () => {
  it.each(['rejected', 'not accepted'] as const)('%s: is not lost', (state) => {
    expect(account([sent(one, state)], []).lost).toEqual([]);
  });
});

describe('a deletion', () => {
  const gone = planned(8, 'bus: delete');
  const there = planned(9, 'bus: delete');

  it('is applied when its record is deleted, lost when it is not', () => {
    const { lost, routes: outcomes } = account([sent(gone), sent(there)], []);
    expect(lost).toEqual(['bus: delete: soak-1-9']);
    expect(outcomes.find(({ route }) => route === 'bus: delete')?.applied).toBe(1);
  });

  it('that was delivered twice may have found its record deleted', () => {
    expect(
      account([sent(gone)], [], [parked(8, 'PERMANENT', 'ENTITY_IS_DELETED')]).unexplained,
    ).toEqual([]);
  });
});

describe('an event that can only fail', () => {
  const poisoned = planned(3, 'bus: create by event id, poison-reset');
  const message = parked(3, 'TOO_MANY_REDRIVES', 'ECONNRESET');

  it('ends as one parked message, which is its own fault, and is left for a person', () => {
    const { lost, misplaced, unexplained, leftForPerson } = account(
      [sent(poisoned)],
      [],
      [message],
    );
    expect({ lost, misplaced, unexplained }).toEqual({ lost: [], misplaced: [], unexplained: [] });
    expect(leftForPerson).toEqual([
      {
        why: 'every call with it fails',
        events: 1,
        withEventIdField: 1,
        parked: { 'TOO_MANY_REDRIVES ECONNRESET': 1 },
      },
    ]);
  });

  it('may be parked twice as copies of one message, not as two', () => {
    const other = parked(3, 'TOO_MANY_REDRIVES', 'ECONNRESET', 'other');
    expect(account([sent(poisoned)], [], [message, message]).misplaced).toEqual([]);
    expect(account([sent(poisoned)], [], [message, other]).misplaced).toHaveLength(1);
  });

  it.each([
    ['takes effect', [[poisoned, 1]] as const, [message]],
    ['is parked for another reason', [], [parked(3, 'PERMANENT', PERMANENT_CODE)]],
    ['is not parked', [], []],
  ])('is a problem where it %s', (_what, counts, messages) => {
    expect(account([sent(poisoned)], counts, messages).misplaced).toHaveLength(1);
  });
});

describe('a platform event', () => {
  it('that EventBridge delivered again is counted, and is no fault of the stack', () => {
    const event = planned(5, 'API destination: platform event');
    const { appliedTwice, routes: outcomes } = account([sent(event)], [[event, 2]]);
    expect(appliedTwice).toEqual([]);
    expect(outcomes.reduce((sum, { repeated }) => sum + repeated, 0)).toBe(1);
  });
});

describe('an execution', () => {
  const event = planned(6, 'mapping: return → find, Case, Task, update');
  const made = (
    tasks: number,
    others: Record<string, unknown> = {},
  ): ReadonlyMap<string, readonly SalesforceRecord[]> => {
    const task = (Id: string) => ({
      Id,
      Subject: 'soak-1-6',
      WhatId: '500',
      WhoId: '003',
      ...others,
    });
    return new Map<string, SalesforceRecord[]>([
      ['Case', [{ Id: '500', Subject: 'Return soak-1-6', ContactId: '003' }]],
      ['Task', ['a', 'b'].slice(0, tasks).map(task)],
    ]);
  };
  const outcome = (
    records: ReadonlyMap<string, readonly SalesforceRecord[]>,
    messages: readonly ReturnType<typeof parked>[] = [],
  ) => account([sent(event)], [], messages, records);
  const unknown = parked(6, 'OUTCOME_UNKNOWN', 'ECONNRESET');

  it('is complete when each step has taken effect', () => {
    const { appliedTwice, contradictory, executions, lost } = outcome(made(1));
    expect({ appliedTwice, contradictory, lost }).toEqual({
      appliedTwice: [],
      contradictory: [],
      lost: [],
    });
    expect(executions).toEqual([
      {
        mapping: 'return-to-case',
        executions: 1,
        complete: 1,
        parkedBefore: 0,
        parkedBetween: 0,
        parked: {},
      },
    ]);
  });

  it('is lost when a step is missing and nothing is parked', () => {
    expect(outcome(made(0)).lost).toHaveLength(1);
    expect(outcome(new Map()).lost).toHaveLength(1);
  });

  it('is applied twice when one of its steps is', () => {
    expect(outcome(made(2)).appliedTwice).toHaveLength(1);
  });

  it.each([
    ['before its first step', new Map(), { parkedBefore: 1, parkedBetween: 0 }],
    ['between steps', made(0), { parkedBefore: 0, parkedBetween: 1 }],
  ])('may be parked %s, for the answer to its weak create', (_where, records, counts) => {
    const { executions, lost, unexplained } = outcome(records, [unknown]);
    expect(executions[0]).toMatchObject({ complete: 0, ...counts });
    expect({ lost, unexplained }).toEqual({ lost: [], unexplained: [] });
  });

  it('is contradictory when the Task is not of the Contact, or not about the Case, of its execution', () => {
    expect(outcome(made(1, { WhoId: '004' })).contradictory).toHaveLength(1);
    expect(outcome(made(1, { WhoId: null })).contradictory).toHaveLength(1);
    expect(outcome(made(1, { WhatId: '501' })).contradictory).toHaveLength(1);
  });

  it('whose creates have event id fields is unexplained when it is parked for an unknown outcome', () => {
    const issue = planned(6, 'mapping: labelled issue → find, Bug__c, reviews');
    expect(account([sent(issue)], [], [unknown]).unexplained).toHaveLength(1);
  });
});
