import { describe, expect, it } from 'vitest';
import { counted, createBusWindow } from '../../soak/faults/aws.ts';
import { planOrg } from '../../soak/faults/salesforce.ts';
import { createTally } from '../../soak/faults/tally.ts';
import { timesBySize } from '../../soak/forgeries/times.ts';

const call = (operation: string) => ({ operation, body: '' });

describe("AWS' faults", () => {
  it('are counted by hop, operation and kind', () => {
    const tally = createTally();
    const choose = counted(tally, 'apicall → AWS', () => ({ kind: 'hang' }));
    choose(call('DynamoDB_20120810.PutItem'));
    choose(call('DynamoDB_20120810.PutItem'));
    expect(tally.rows()).toEqual([{ hop: 'apicall → AWS', fault: 'PutItem: no answer', times: 2 }]);
  });

  it('of the bus last for so many calls of PutEvents, and of nothing else', () => {
    const bus = createBusWindow(() => undefined);
    bus.refuse(2, 'entries');
    expect(bus.choose(call('AmazonSQS.SendMessage'))).toBeUndefined();
    expect(bus.choose(call('AWSEvents.PutEvents'))).toMatchObject({ status: 200 });
    expect(bus.choose(call('AWSEvents.PutEvents'))).toMatchObject({ status: 200 });
    expect(bus.choose(call('AWSEvents.PutEvents'))).toBeUndefined();
  });
});

describe("the org's faults", () => {
  it('follow from the seed', () => {
    expect(planOrg(1, 400)).toEqual(planOrg(1, 400));
    expect(planOrg(1, 400)).not.toEqual(planOrg(2, 400));
  });

  it('are not played to API destinations', () => {
    for (const { fault, hop } of planOrg(1, 400)) {
      if (hop === 'logins at Salesforce') continue;
      const path = new RegExp(fault.match.path ?? '');
      const prefix = fault.scope === 'record' ? '/sobjects/' : '/services/data/v65.0/sobjects/';
      expect(path.test(`${prefix}Case`)).toBe(true);
      expect(path.test(`${prefix}Contact`)).toBe(true);
      expect(path.test(`${prefix}Carbon_Estimate__e`)).toBe(false);
      expect(path.test(`${prefix}Contact/Customer_Id__c/soak-1-1`)).toBe(false);
    }
  });
});

describe('times', () => {
  it('are told by the size of the body', () => {
    const of = (bytes: number, ms: number) => ({ status: 401, bytes, ms });
    const times = timesBySize([of(10, 1), of(20, 3), of(30, 2), of(2_000_000, 50)]);
    expect(times).toEqual([
      { size: 'up to 1 KB', count: 3, medianMs: 2, p99Ms: 3, maxMs: 3 },
      { size: '1 MB and more', count: 1, medianMs: 50, p99Ms: 50, maxMs: 50 },
    ]);
  });
});
