import { resolvedSet } from '../template/sets.ts';
import type { ResolvedStack } from '../template/stack.ts';
import { fields, list, type Resource } from '../template/template.ts';
import { account, region, type Statement } from './simulate.ts';

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

const UUID = '11111111-2222-3333-4444-555555555555';

/** The ARNs of a stack's resources: the name that CloudFormation would generate is the logical id. */
const arns: Readonly<Record<string, (id: string, properties: Resource['Properties']) => string>> = {
  'AWS::DynamoDB::Table': (id) => arn('dynamodb', `table/${id}`),
  'AWS::Events::ApiDestination': (id) => arn('events', `api-destination/${id}/${UUID}`),
  'AWS::Events::EventBus': (_, { Name }) => arn('events', `event-bus/${Name}`),
  'AWS::IAM::Role': (id) => `arn:aws:iam::${account}:role/${id}`,
  'AWS::KMS::Key': () => arn('kms', `key/${UUID}`),
  'AWS::Lambda::EventSourceMapping': (id) => arn('lambda', `event-source-mapping:${id}`),
  'AWS::Lambda::Function': (id) => arn('lambda', `function:${id}`),
  'AWS::Logs::LogGroup': (_, { LogGroupName }) => arn('logs', `log-group:${LogGroupName}:*`),
  'AWS::S3::Bucket': (id) => `arn:aws:s3:::${id.toLowerCase()}`,
  'AWS::Scheduler::ScheduleGroup': (_, { Name }) => arn('scheduler', `schedule-group/${Name}`),
  'AWS::SecretsManager::Secret': (id) => arn('secretsmanager', `secret:${id}-AbCdEf`),
  'AWS::SQS::Queue': (id) => arn('sqs', id),
};

/** What `Ref` returns, where that is not the logical id. */
const references: typeof arns = {
  'AWS::Events::EventBus': (_, { Name }) => String(Name),
  'AWS::S3::Bucket': (id) => id.toLowerCase(),
  'AWS::Scheduler::ScheduleGroup': (_, { Name }) => String(Name),
  'AWS::SecretsManager::Secret': (id) => arn('secretsmanager', `secret:${id}-AbCdEf`),
};

/** The ARN of a resource of the stack, or its logical id if no policy names its type. */
export const arnOf = (id: string, { Type, Properties }: Resource): string =>
  arns[Type]?.(id, Properties) ?? id;

/** The resources of a resolved template, with ARNs and names where it refers to other resources. */
export function withArns({ Resources }: ResolvedStack): Readonly<Record<string, Resource>> {
  const toText = (reference: string, id: string, attribute: string | undefined): string => {
    const target = Resources[id];
    if (target === undefined) return reference;
    if (attribute === undefined) return references[target.Type]?.(id, target.Properties) ?? id;
    return attribute === 'Arn' || attribute === 'ArnForPolicy' ? arnOf(id, target) : reference;
  };
  return JSON.parse(JSON.stringify(Resources).replaceAll(/\$\{(\w+)(?:\.(\w+))?\}/g, toText));
}

export interface IamStack {
  readonly resources: Readonly<Record<string, Resource>>;
  readonly ofType: (type: string) => [id: string, Resource][];
  /** A resource by its logical id or its ARN. */
  readonly find: (reference: unknown) => [id: string, Resource];
  /** The statements of a role's policies, by the role's logical id. */
  readonly identityPolicy: (role: string) => Statement[];
  /** The statements of the policy of a queue or a bucket, by its logical id. */
  readonly resourcePolicy: (id: string) => Statement[];
  /** The ARN of the key that encrypts what the stack stores, and its policy; of an existing key, the required one. */
  readonly key: { readonly arn: string; readonly policy: Statement[] } | undefined;
}

const statementsIn = (document: unknown): Statement[] =>
  list(fields(document)['Statement'] ?? []).map((one) => Object(one));

function keyOf(
  { Outputs }: ResolvedStack,
  { EncryptionKey, ApiCallQueue }: Readonly<Record<string, Resource>>,
): IamStack['key'] {
  const arn = ApiCallQueue?.Properties['KmsMasterKeyId'];
  if (arn === undefined) return undefined;
  const required = Outputs['EncryptionKeyPolicy']?.['Value'];
  const policy =
    required === undefined
      ? statementsIn(EncryptionKey?.Properties['KeyPolicy'])
      : statementsIn({ Statement: JSON.parse(String(required)) });
  return { arn: String(arn), policy };
}

/** A resolved template as IAM sees it. */
export function iamStack(stack: ResolvedStack): IamStack {
  const resources = withArns(stack);
  const ofType = (type: string) =>
    Object.entries(resources).filter(([, { Type }]) => Type === type);
  const find = (reference: unknown): [string, Resource] => {
    const found = Object.entries(resources).find(
      ([id, one]) => id === reference || arnOf(id, one) === reference,
    );
    if (found === undefined) throw new Error(`The stack has no ${reference}`);
    return found;
  };
  return {
    resources,
    ofType,
    find,
    identityPolicy: (role) =>
      list(find(role)[1].Properties['Policies']).flatMap((one) =>
        statementsIn(fields(one)['PolicyDocument']),
      ),
    resourcePolicy: (id) =>
      [...ofType('AWS::SQS::QueuePolicy'), ...ofType('AWS::S3::BucketPolicy')]
        .filter(([, { Properties }]) =>
          list(Properties['Queues'] ?? Properties['Bucket']).some((name) =>
            [id, id.toLowerCase()].includes(String(name)),
          ),
        )
        .flatMap(([, { Properties }]) => statementsIn(Properties['PolicyDocument'])),
    key: keyOf(stack, resources),
  };
}

const memory = new Map<string, IamStack>();

/** A parameter set of the template's tests, as IAM sees it. */
export function iamSet(name: string): IamStack {
  const known = memory.get(name) ?? iamStack(resolvedSet(name));
  memory.set(name, known);
  return known;
}
