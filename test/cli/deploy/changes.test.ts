import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { failureReasons } from '../../../cli/deploy/change-set.ts';
import { describeChanges, refusedReplacements, toChanges } from '../../../cli/deploy/changes.ts';
import { readTemplate } from '../../../local/template/source.ts';

const template = readTemplate('template.yaml');

type More = Pick<ResourceChange, 'Action' | 'Replacement' | 'Details'>;

const change = (LogicalResourceId: string, ResourceType: string, more: More): ResourceChange => ({
  LogicalResourceId,
  ResourceType,
  ...more,
});

const queue = (more: More) => change('ApiCallQueue', 'AWS::SQS::Queue', more);
const described = (...changes: ResourceChange[]) => describeChanges(toChanges(template, changes));
const refused = (...changes: ResourceChange[]): string[] =>
  refusedReplacements(toChanges(template, changes)).map(({ logicalId }) => logicalId);

describe('describeChanges', () => {
  it('says what is added, changed, replaced and removed, by type', () => {
    const text = described(
      change('NewRule', 'AWS::Events::Rule', { Action: 'Add' }),
      change('A', 'AWS::Lambda::Function', { Action: 'Modify', Replacement: 'False' }),
      change('B', 'AWS::Lambda::Function', { Action: 'Modify', Replacement: 'False' }),
      queue({ Action: 'Modify', Replacement: 'True' }),
      change('ParkBucket', 'AWS::S3::Bucket', { Action: 'Remove' }),
    );
    expect(text.split('\n')).toEqual([
      '  added (1)',
      '    Events Rule: NewRule',
      '  changed (2)',
      '    Lambda Function: A, B',
      '  replaced (1)',
      '    SQS Queue: ApiCallQueue – the new one is empty; the old one stays in the account',
      '  removed (1)',
      '    S3 Bucket: ParkBucket – it stays in the account, with its contents',
    ]);
  });

  it('counts what would be a long list', () => {
    const alarms = Array.from({ length: 22 }, (_, index) =>
      change(`Alarm${index}`, 'AWS::CloudWatch::Alarm', { Action: 'Add' }),
    );
    expect(described(...alarms)).toContain('CloudWatch Alarm: 22 resources');
  });
});

describe('refusedReplacements', () => {
  it.each(['True', 'Conditional'] as const)('are those of data and URLs: %s', (Replacement) => {
    const modify = { Action: 'Modify', Replacement } as const;
    const ids = refused(
      queue(modify),
      change('IdempotencyTable', 'AWS::DynamoDB::Table', modify),
      change('SalesforceSecret', 'AWS::SecretsManager::Secret', modify),
      change('GitHubWebhookFunctionUrl', 'AWS::Lambda::Url', modify),
      change('DependenciesLayer1234', 'AWS::Lambda::LayerVersion', modify),
    );
    expect(ids).toEqual([
      'ApiCallQueue',
      'IdempotencyTable',
      'SalesforceSecret',
      'GitHubWebhookFunctionUrl',
    ]);
  });

  it('are none of what is only changed', () => {
    expect(refused(queue({ Action: 'Modify', Replacement: 'False' }))).toEqual([]);
  });

  describe('of an archive whose bus changes', () => {
    const archive = change('EventArchive', 'AWS::Events::Archive', {
      Action: 'Modify',
      Replacement: 'Conditional',
      Details: [
        {
          Target: { Attribute: 'Properties', Name: 'SourceArn', RequiresRecreation: 'Always' },
          Evaluation: 'Dynamic',
          ChangeSource: 'ResourceAttribute',
          CausingEntity: 'EventBus.Arn',
        },
      ],
    });
    const bus = (Replacement: 'True' | 'False') =>
      change('EventBus', 'AWS::Events::EventBus', { Action: 'Modify', Replacement });

    it('are none: its ARN stays the same', () => {
      expect(refused(archive, bus('False'))).toEqual([]);
      expect(described(archive, bus('False'))).toContain('changed (2)');
    });

    it('are both if the bus is replaced', () => {
      expect(refused(archive, bus('True'))).toEqual(['EventArchive', 'EventBus']);
    });
  });
});

describe('failureReasons', () => {
  const failed = (LogicalResourceId: string, ResourceStatusReason: string) => ({
    StackId: 's',
    EventId: LogicalResourceId,
    StackName: 's',
    Timestamp: new Date(0),
    LogicalResourceId,
    ResourceType: 'AWS::Lambda::Function',
    ResourceStatus: 'CREATE_FAILED' as const,
    ResourceStatusReason,
  });

  it('are those that failed first, not those that were cancelled because of them', () => {
    const newestFirst = [
      failed('Other', 'Resource creation cancelled'),
      failed('Second', 'No.'),
      failed('First', 'Too many.'),
    ];
    expect(failureReasons(newestFirst)).toEqual([
      'First (AWS::Lambda::Function): Too many.',
      'Second (AWS::Lambda::Function): No.',
    ]);
  });
});
