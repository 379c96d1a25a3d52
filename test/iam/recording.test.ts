import { describe, expect, it } from 'vitest';
import type { Resource } from '../template/template.ts';
import {
  callsOfStack,
  denials,
  disagreements,
  type RecordedCall,
  sampleOf,
  unusedGrants,
} from './recording.ts';
import { account, region } from './simulate.ts';
import { iamStack } from './stack.ts';

const QUEUE = `arn:aws:sqs:${region}:${account}:`;

const recorded = (change: Partial<RecordedCall> = {}): RecordedCall => ({
  role: 'app-WorkerRole-1A2B',
  action: 'sqs:SendMessage',
  resource: `${QUEUE}app-Jobs-3C4D`,
  context: {},
  decision: 'Allow',
  ...change,
});

const role = (...statements: object[]): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    Policies: [{ PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});

const send = {
  Sid: 'Send',
  Effect: 'Allow',
  Action: ['sqs:SendMessage'],
  Resource: ['${Jobs.Arn}'],
};

/** A stack of a role and a queue. */
const stackWith = (...statements: object[]) =>
  iamStack({
    Resources: {
      WorkerRole: role(...statements),
      Jobs: { Type: 'AWS::SQS::Queue', Properties: {} },
    },
    Outputs: {},
  });

const deployed = [
  { logicalId: 'WorkerRole', physicalId: 'app-WorkerRole-1A2B' },
  { logicalId: 'Jobs', physicalId: `http://127.0.0.1:1/${account}/app-Jobs-3C4D` },
];

const calls = callsOfStack([recorded()], deployed, stackWith(send), 'app');

describe('denials', () => {
  it('name role, action and resource of each denied call once, with their number', () => {
    const denied = recorded({ decision: 'ImplicitDeny' });
    expect(denials([denied, recorded(), denied])).toEqual([
      `app-WorkerRole-1A2B may not sqs:SendMessage on ${QUEUE}app-Jobs-3C4D: ImplicitDeny (2 times)`,
    ]);
  });

  it('include calls with unknown credentials, and leave out those that the probes of the engine try', () => {
    const unknown = recorded({ role: null, decision: 'UnrecognizedClientException' });
    const ofProbe = recorded({ role: 'probe-1-role-2', decision: 'ImplicitDeny' });
    expect(denials([ofProbe, unknown])).toEqual([
      expect.stringContaining("The developer's credentials may not sqs:SendMessage"),
    ]);
  });
});

describe('the calls of a stack', () => {
  it('name roles and resources by their logical ids', () => {
    expect(calls).toEqual([
      { role: 'WorkerRole', action: 'sqs:SendMessage', resource: `${QUEUE}Jobs`, context: {} },
    ]);
  });

  it('leave out what the developer and other roles call, and what was denied', () => {
    const others = [
      recorded({ role: null }),
      recorded({ role: 'other' }),
      recorded({ decision: 'Deny' }),
    ];
    expect(callsOfStack(others, deployed, stackWith(send), 'app')).toEqual([]);
  });

  it('list a call once for all objects below a prefix', () => {
    const objects = ['parked/one', 'parked/two', 'claims/one'].map((key) =>
      recorded({ action: 's3:GetObject', resource: `arn:aws:s3:::bucket/${key}` }),
    );
    expect(callsOfStack(objects, deployed, stackWith(send), 'app')).toHaveLength(2);
  });
});

describe('unused grants', () => {
  const unused = (...statements: object[]) => unusedGrants(stackWith(...statements), calls, []);

  it('are none where each grant is needed', async () => {
    expect(await unused(send)).toEqual([]);
  });

  it.each([
    ['an action', { ...send, Action: ['sqs:SendMessage', 'sqs:PurgeQueue'] }, 'sqs:PurgeQueue'],
    ['a resource', { ...send, Resource: ['${Jobs.Arn}', `${QUEUE}Other`] }, `${QUEUE}Other`],
  ])('are found if %s is planted', async (_what, statement, planted) => {
    expect(await unused(statement)).toEqual([expect.stringContaining(planted)]);
  });

  it('are both of two statements that grant the same', async () => {
    expect(await unused(send, { ...send, Sid: 'Again' })).toHaveLength(2);
  });

  it('may be listed, but not while they are needed', async () => {
    const listed = {
      owner: 'WorkerRole',
      sid: 'Purge',
      action: 'sqs:PurgeQueue',
      resource: `${QUEUE}Jobs`,
      unusedIn: ['end-to-end'],
      usedWith: 'a runbook',
      reason: 'An example.',
    };
    const purge = { ...send, Sid: 'Purge', Action: ['sqs:PurgeQueue'] };
    expect(await unusedGrants(stackWith(send, purge), calls, [listed])).toEqual([]);
    const purged = {
      ...calls[0],
      role: 'WorkerRole',
      action: 'sqs:PurgeQueue',
      resource: `${QUEUE}Jobs`,
    };
    expect(await unusedGrants(stackWith(send, purge), [...calls, purged], [listed])).toEqual([
      expect.stringContaining('is listed as unused, and a call needs it'),
    ]);
  });
});

describe('a second evaluator', () => {
  it('finds a call that the engine allowed and the policies deny', async () => {
    expect(await disagreements(stackWith(send), calls)).toEqual([]);
    const other = { ...send, Resource: [`${QUEUE}Other`] };
    expect(await disagreements(stackWith(other), calls)).toEqual(calls);
  });

  it('gets some calls of each role and action, the same ones each time', () => {
    const many = ['a', 'b'].flatMap((name) =>
      Array.from({ length: 30 }, (_, index) => ({
        role: name,
        action: `sqs:${index % 3}`,
        resource: String(index),
      })),
    );
    const sample = sampleOf(many, 8);
    expect(sample).toHaveLength(8);
    expect(new Set(sample.map((one) => `${one.role} ${one.action}`)).size).toBe(6);
    expect(sampleOf(many.toReversed(), 8)).toEqual(sample);
  });
});
