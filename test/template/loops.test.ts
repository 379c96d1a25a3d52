import { describe, expect, it } from 'vitest';
import { idIn, inSet, resourcesOf, setNames } from './sets.ts';
import { fields, list, statementsOf } from './template.ts';

/** From resource to resource: what an event in the first can cause in the second. */
type Edge = readonly [from: string, to: string];

const functionsIn = (set: string) =>
  resourcesOf(set, 'AWS::Lambda::Function').map(([id, { Properties }]) => ({
    id,
    role: statementsOf(inSet(set, Properties['Role'])),
    isAllowed: Properties['RecursiveLoop'] === 'Allow',
  }));

/** The resources of a type on which, or in which, the role of a function allows `action`. */
const permitted = (set: string, action: string, type: string): Edge[] =>
  functionsIn(set).flatMap(({ id, role }) =>
    resourcesOf(set, type)
      .filter(([target]) =>
        role.some(
          ({ Action, Resource }) =>
            Action.includes(action) &&
            Resource.some((one) => String(one).startsWith(`\${${target}.Arn}`)),
        ),
      )
      .map(([target]): Edge => [id, target]),
  );

const properties = (set: string, type: string, ...names: readonly string[]) =>
  resourcesOf(set, type).map(([, { Properties }]) => names.map((name) => Properties[name]));

/** What Lambda follows by the trace header: functions, SQS, SNS and S3 ("Use Lambda recursive loop detection …"). */
const followed = (set: string): Edge[] => [
  ...permitted(set, 'sqs:SendMessage', 'AWS::SQS::Queue'),
  ...permitted(set, 's3:PutObject', 'AWS::S3::Bucket'),
  ...permitted(set, 'sns:Publish', 'AWS::SNS::Topic'),
  ...permitted(set, 'lambda:InvokeFunction', 'AWS::Lambda::Function'),
  ...properties(set, 'AWS::Lambda::EventSourceMapping', 'EventSourceArn', 'FunctionName').map(
    ([queue, target]): Edge => [idIn(queue), idIn(target)],
  ),
  ...properties(set, 'AWS::Lambda::EventInvokeConfig', 'FunctionName', 'DestinationConfig').map(
    ([source, config]): Edge => [
      idIn(source),
      idIn(fields(fields(config)['OnFailure'])['Destination']),
    ],
  ),
  ...resourcesOf(set, 'AWS::SQS::Queue').flatMap(([id, { Properties }]): Edge[] => {
    const { deadLetterTargetArn } = fields(Properties['RedrivePolicy']);
    return deadLetterTargetArn === undefined ? [] : [[id, idIn(deadLetterTargetArn)]];
  }),
];

/** What it does not follow: queues that a function polls itself, and EventBridge. */
const notFollowed = (set: string): Edge[] => [
  ...permitted(set, 'sqs:ReceiveMessage', 'AWS::SQS::Queue').map(
    ([id, queue]): Edge => [queue, id],
  ),
  ...functionsIn(set).map(({ id }): Edge => [id, 'events']),
  ...resourcesOf(set, 'AWS::Events::Rule').flatMap(([, { Properties }]) =>
    list(Properties['Targets'] ?? []).flatMap((target): Edge[] => [
      ['events', idIn(fields(target)['Arn'])],
      ['events', idIn(fields(fields(target)['DeadLetterConfig'])['Arn'])],
    ]),
  ),
];

/** The functions from which a way along the edges leads back to them. */
function inLoops(set: string, edges: readonly Edge[]): string[] {
  const isReached = (start: string): boolean => {
    const seen = new Set<string>();
    const open = [start];
    for (let at = open.pop(); at !== undefined; at = open.pop())
      for (const [from, to] of edges)
        if (from === at && !seen.has(to)) {
          seen.add(to);
          open.push(to);
        }
    return seen.has(start);
  };
  return functionsIn(set).flatMap(({ id }) => (isReached(id) ? [id] : []));
}

describe.each(setNames)('in the loops of %s', (set) => {
  it('that Lambda detects, exactly the functions are that RecursiveLoop allows', () => {
    const allowed = functionsIn(set).flatMap(({ id, isAllowed }) => (isAllowed ? [id] : []));
    expect(inLoops(set, followed(set))).toEqual(['SalesforceApiCallFunction']);
    expect(allowed).toEqual(['SalesforceApiCallFunction']);
  });

  it('that it does not detect, there is no webhook function: nothing but HTTP invokes those', () => {
    const inAny = inLoops(set, [...followed(set), ...notFollowed(set)]);
    expect(inAny.toSorted()).toEqual(['DlqReprocessorFunction', 'SalesforceApiCallFunction']);
  });

  it('no bucket notifies a function, a queue or a topic', () => {
    for (const [, { Properties }] of resourcesOf(set, 'AWS::S3::Bucket'))
      expect(Properties['NotificationConfiguration']).toBeUndefined();
  });

  it('a failed invocation is not sent to a queue that invokes the function again', () => {
    for (const [source, config] of properties(
      set,
      'AWS::Lambda::EventInvokeConfig',
      'FunctionName',
      'DestinationConfig',
    )) {
      const queue = fields(fields(config)['OnFailure'])['Destination'];
      expect(inSet(set, queue).Type).toBe('AWS::SQS::Queue');
      const polled = properties(set, 'AWS::Lambda::EventSourceMapping', 'EventSourceArn').flat();
      expect([source, polled.map(idIn)]).not.toEqual([
        source,
        expect.arrayContaining([idIn(queue)]),
      ]);
    }
  });
});
