import { describe, expect, it } from 'vitest';
import { ruleNames } from '../../../../cli/doctor/resource-checks/event-bridge.ts';

describe('ruleNames', () => {
  it.each([
    ['arn:aws:events:eu-west-1:1:rule/bus/rule', [{ EventBusName: 'bus', Name: 'rule' }]],
    ['arn:aws:events:eu-west-1:1:rule/rule', [{ Name: 'rule' }]],
    ['bus|rule', [{ EventBusName: 'bus', Name: 'rule' }]],
    [
      'arn:aws:events:eu-west-1:1:rule/aws.partner/salesforce.com/00D/0YL/rule',
      [{ EventBusName: 'aws.partner/salesforce.com/00D/0YL', Name: 'rule' }],
    ],
    [
      'rule',
      [
        { EventBusName: 'a', Name: 'rule' },
        { EventBusName: 'b', Name: 'rule' },
      ],
    ],
  ])('looks for the rule %s as %o', (physicalId, names) =>
    expect(ruleNames(physicalId, ['a', 'b'])).toEqual(names),
  );
});
