import { fields, list, type Resource } from '../template/template.ts';
import { type Call, region } from './simulate.ts';
import type { IamStack } from './stack.ts';

/** A call that is authorized by the policies of a role, named by its logical id. */
export interface RoleCall extends Call {
  readonly role: string;
}

const roleOf = ({ find }: IamStack, reference: unknown): string => find(reference)[0];

const LOG_STREAM = '2026/01/01/[$LATEST]1';

/** What Lambda does with a function's role: write its log, and its traces ("AWS X-Ray permissions"). */
const ofFunctions = (stack: IamStack): RoleCall[] =>
  stack.ofType('AWS::Lambda::Function').flatMap(([, { Properties }]) => {
    const role = roleOf(stack, Properties['Role']);
    const group = stack.find(fields(Properties['LoggingConfig'])['LogGroup'])[1];
    const stream = `arn:aws:logs:${region}:000000000000:log-group:${group.Properties['LogGroupName']}:log-stream:${LOG_STREAM}`;
    const isTraced = fields(Properties['TracingConfig'])['Mode'] === 'Active';
    return [
      ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
        role,
        action,
        resource: stream,
      })),
      ...(isTraced ? ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'] : []).map((action) => ({
        role,
        action,
        resource: '*',
      })),
    ];
  });

const roleOfFunction = (stack: IamStack, reference: unknown): string =>
  roleOf(stack, stack.find(reference)[1].Properties['Role']);

/** The poller's calls with the function's role (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const ofPollers = (stack: IamStack): RoleCall[] =>
  stack.ofType('AWS::Lambda::EventSourceMapping').flatMap(([, { Properties }]) =>
    ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((name) => ({
      role: roleOfFunction(stack, Properties['FunctionName']),
      action: `sqs:${name}`,
      resource: String(Properties['EventSourceArn']),
    })),
  );

/** Failed asynchronous invocations are sent to their destination with the function's role. */
const ofFailedInvocations = (stack: IamStack): RoleCall[] =>
  stack.ofType('AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => ({
    role: roleOfFunction(stack, Properties['FunctionName']),
    action: 'sqs:SendMessage',
    resource: String(fields(fields(Properties['DestinationConfig'])['OnFailure'])['Destination']),
  }));

const ofSchedules = (stack: IamStack): RoleCall[] =>
  stack.ofType('AWS::Scheduler::Schedule').map(([, { Properties }]) => {
    const { Arn, RoleArn } = fields(Properties['Target']);
    const action = 'lambda:InvokeFunction';
    return { role: roleOf(stack, RoleArn), action, resource: String(Arn) };
  });

export interface RuleTarget {
  readonly rule: string;
  /** The rule's ARN. Rules without a bus are on the default bus, where the ARN names no bus. */
  readonly ruleArn: string;
  readonly target: Readonly<Record<string, unknown>>;
}

const ruleArn = ({ Properties }: Resource): string => {
  const bus = String(Properties['EventBusName'] ?? 'default');
  return `arn:aws:events:${region}:000000000000:rule/${bus === 'default' ? '' : `${bus}/`}${Properties['Name']}`;
};

export const ruleTargets = ({ ofType }: IamStack): RuleTarget[] =>
  ofType('AWS::Events::Rule').flatMap(([id, rule]) =>
    list(rule.Properties['Targets']).map((target) => ({
      rule: id,
      ruleArn: ruleArn(rule),
      target: fields(target),
    })),
  );

/** Targets that EventBridge reaches with a role: API destinations and buses. */
const ofRules = (stack: IamStack): RoleCall[] =>
  ruleTargets(stack).flatMap(({ target }) => {
    if (target['RoleArn'] === undefined) return [];
    const resource = String(target['Arn']);
    const action = resource.includes(':api-destination/')
      ? 'events:InvokeApiDestination'
      : 'events:PutEvents';
    return [{ role: roleOf(stack, target['RoleArn']), action, resource }];
  });

/** Every call that AWS makes with a role of the stack. The local engine authorizes none of them. */
export const serviceCalls = (stack: IamStack): RoleCall[] =>
  [ofFunctions, ofPollers, ofFailedInvocations, ofSchedules, ofRules].flatMap((of) => of(stack));

/** What a service does with the key for a call ("Key management" and "Encryption at rest" of each service's guide). */
const keyActions: readonly (readonly [
  action: RegExp,
  service: string,
  needs: readonly string[],
])[] = [
  [/^sqs:SendMessage$/, 'sqs', ['GenerateDataKey', 'Decrypt']],
  [/^sqs:ReceiveMessage$/, 'sqs', ['Decrypt']],
  [/^s3:PutObject$/, 's3', ['GenerateDataKey']],
  [/^s3:GetObject$/, 's3', ['Decrypt']],
  [/^secretsmanager:GetSecretValue$/, 'secretsmanager', ['Decrypt']],
  [
    /^dynamodb:/,
    'dynamodb',
    ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'],
  ],
];

/**
 * The calls of a function's role on the key that encrypts what the stack stores: for each call that the role may make, and
 * for the function's environment variables, which Lambda decrypts with the role.
 */
export function keyCalls(stack: IamStack, role: string, key: string): RoleCall[] {
  const actions = stack
    .identityPolicy(role)
    .flatMap(({ Action }) => [Action].flat())
    .filter((action) => !action.startsWith('kms:'));
  const needs = keyActions.flatMap(([pattern, service, names]) =>
    actions.some((action) => pattern.test(action)) ? names.map((name) => [service, name]) : [],
  );
  return [['lambda', 'Decrypt'], ...needs].map(([service, name]) => ({
    role,
    action: `kms:${name}`,
    resource: key,
    context: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
  }));
}
