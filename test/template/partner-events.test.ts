import { describe, expect, it } from 'vitest';
import { resolveTemplate } from '../../local/template/resolve.ts';
import { everything, partner } from './destination-parameters.ts';
import { fields, list, statementsOf, template } from './template.ts';

const resolved = (parameters: Record<string, string>) => resolveTemplate(template, parameters);

describe('partner events', () => {
  it('are forwarded from, and archived on, a bus with the name of the source', () => {
    const { resources } = resolved(partner);
    const name = partner.PartnerEventSourceName;
    expect(resources['PartnerBus']?.['Properties']).toEqual({ Name: name, EventSourceName: name });
    expect(resources['PartnerEventArchive']?.['Properties']).toMatchObject({
      SourceArn: 'PartnerBus.Arn',
    });
    expect(resources['PartnerEventRule']?.['Properties']).toMatchObject({
      EventBusName: 'PartnerBus',
      Targets: [{ Arn: 'EventBus.Arn', RoleArn: 'ForwardRole.Arn' }],
    });
  });

  it('can come from an existing partner bus', () => {
    const { resources } = resolved({ ...partner, PartnerEventBus: 'existing' });
    expect(resources['PartnerBus']).toBeUndefined();
    const arn = `arn:aws:events:us-east-1:000000000000:event-bus/${partner.PartnerEventSourceName}`;
    expect(resources['PartnerEventArchive']?.['Properties']).toMatchObject({ SourceArn: arn });
  });

  it('reach only the bus that the stack uses', () => {
    const putStatements = (parameters: Record<string, string>): unknown =>
      statementsOf(Object(resolved(parameters).resources['ForwardRole']));
    expect(putStatements(partner)).toMatchObject([
      { Action: ['events:PutEvents'], Resource: ['EventBus.Arn'] },
    ]);
    expect(putStatements({ ...partner, EventBusName: 'orders' })).toMatchObject([
      { Resource: ['arn:aws:events:us-east-1:000000000000:event-bus/orders'] },
    ]);
  });
});

describe('RuleDlq', () => {
  const accepted = (parameters: Record<string, string>): unknown[] => {
    const { Properties } = fields(resolved(parameters).resources['RuleDlqPolicy']);
    const statements = list(fields(fields(Properties)['PolicyDocument'])['Statement']).map(fields);
    const ofRules = statements.find(({ Sid }) => Sid === 'RulesOfThisStack');
    return list(fields(fields(ofRules?.['Condition'])['ArnLike'])['aws:SourceArn']);
  };
  const rule = (name: string): string => `arn:aws:events:us-east-1:000000000000:rule/${name}`;

  it('accepts events from rules of both buses, of the default bus and of the partner bus', () => {
    // `stack-*` matches rules on the default bus, and those on the redrive bus, `stack-redrive/…`.
    expect(accepted(everything)).toEqual([
      rule('stack-*'),
      rule('EventBus/*'),
      rule(`${partner.PartnerEventSourceName}/stack-*`),
    ]);
    expect(accepted({ EventBusName: 'default' })).toEqual([rule('stack-*')]);
  });
});
