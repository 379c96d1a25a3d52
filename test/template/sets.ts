import { type ResolvedStack, resolveStack } from './stack.ts';
import type { Resource } from './template.ts';

type Parameters = Readonly<Record<string, string>>;

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const CONNECTION = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:connection-AbCdEf';
const PRIVATE =
  'arn:aws:vpc-lattice:us-east-1:000000000000:resourceconfiguration/rcfg-0123456789abcdef0';

const everything = {
  GitHubWebhookSecret: 'github-secret',
  TwilioWebhookSecret: 'twilio-token',
  Mappings: '*',
  SalesforceMyDomainUrl: 'https://example.my.salesforce.com',
  ConnectionSecretArn: CONNECTION,
  ConnectionSecretVersionId: '11111111-2222-3333-4444-555555555555',
  PlatformEventName: 'Carbon_Estimate__e',
  ContactExternalIdField: 'Customer_Id__c',
  CloudEventsEndpoint: 'https://broker.example/events',
  CloudEventsSecretArn: CONNECTION,
  CloudEventsSecretVersionId: '22222222-2222-3333-4444-555555555555',
  PartnerEventSourceName: 'aws.partner/salesforce.com/00D000000000001EAA/0YL000000000001CAA',
  AlarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
  PermissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
  Tracing: 'Active',
  CreateStackAlarm: 'true',
};

/** Existing secrets, in an account that leaves no executions to reserve. */
const existingSecrets = {
  GitHubWebhookSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:github-AbCdEf',
  SalesforceSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:salesforce-AbCdEf',
  WebhookReservedConcurrency: '-1',
};

/** Values other than the defaults: the ends of ranges, lists of several members, texts that shells and SAM CLI quote. */
const otherValues = {
  ...everything,
  GitHubWebhookSecret: 'quo"te\'s $HOME a=b, c\\d',
  GitHubAcceptedEvents: 'issues,push',
  TwilioWebhookSecret: '',
  TwilioWebhookSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:twilio-AbCdEf',
  TwilioWebhookPublicUrl: 'https://hooks.example.com/twilio',
  PreviousSecretHours: '0',
  WebhookReservedConcurrency: '1000',
  LambdaInvocationThreshold: '1',
  ArchiveRetentionDays: '3650',
  MaxEntryBytes: '1024',
  ClaimRetentionDays: '1',
  AuthFlow: 'client_credentials',
  SalesforceAudience: 'https://login.salesforce.com',
  SalesforceApiVersion: 'v67.0',
  AllowedResources: 'sobjects,composite',
  AllowedObjects: 'Case,Customer__c',
  AllowedActions: 'POST,PATCH',
  ReplyPolicy: 'errors',
  ResponseSource: 'salesforce/replies',
  ApiCallTimeoutSeconds: '300',
  BatchSize: '1',
  MaxRecordsPerCall: '1',
  EventIdFields: 'Case:EventId__c,Task:EventId__c',
  Mappings: 'github-issue-to-case,twilio-message-to-task',
  MappedSources: 'github.com,com.example.shop',
  MappedDetailTypes: 'issues,Order Placed',
  ApiUsageThreshold: '100',
  BatchWindowSeconds: '10',
  MaximumConcurrency: '100',
  MaxAttempts: '10',
  IdempotencyRetentionDays: '365',
  ConnectionGrantType: 'password',
  ContactDetailTypes: 'Customer Registered, Customer Merged',
  DestinationRateLimit: '300',
  DestinationMaxRetryAttempts: '1',
  DestinationMaxEventAgeSeconds: '60',
  CloudEventsApiKeyName: 'X-Api-Key',
  CloudEventsSources: 'github.com, twilio.com',
  CloudEventsDetailTypes: 'issues, push',
  PartnerEventBus: 'existing',
  ReprocessorState: 'DISABLED',
  ReprocessorSchedule: 'cron(0/15 8-17 ? * MON-FRI *)',
  MaxRedrives: '10',
  RedriveBackoffSeconds: '3600',
  RedriveRatePerSecond: '500',
  RetentionMarginHours: '168',
  RejectedSignaturePercent: '100',
  CreateStackAlarm: 'false',
  CreateDashboard: 'false',
  LogLevel: 'DEBUG',
  LogRetentionDays: '731',
};

/** Parameter sets that differ in the resources that exist and in the permissions that they need. */
export const parameterSets: Readonly<Record<string, Parameters>> = {
  minimal: {},
  everything,
  'everything with the key of the stack': { ...everything, Encryption: 'stack-key' },
  'everything with an existing key': {
    ...everything,
    Encryption: 'existing-key',
    EncryptionKeyArn: KEY,
  },
  'everything, private, with the key of the stack': {
    ...everything,
    Encryption: 'stack-key',
    ConnectionKmsKeyArn: KEY,
    ConnectionResourceConfigurationArn: PRIVATE,
    ConnectionOAuthResourceConfigurationArn: PRIVATE,
    CloudEventsResourceConfigurationArn: PRIVATE,
  },
  'an existing bus': { ...everything, EventBusName: 'company' },
  'an existing bus with the key of the stack': {
    ...everything,
    EventBusName: 'company',
    Encryption: 'stack-key',
  },
  'the default bus': { ...everything, EventBusName: 'default' },
  'GitHub only': { GitHubWebhookSecret: 'github-secret', Mappings: 'github-issue-to-case' },
  'GitHub only, existing secrets': existingSecrets,
  'other values': otherValues,
  'Twilio only': { TwilioWebhookSecret: 'twilio-token', Mappings: 'twilio-message-to-task' },
};

const memory = new Map<string, ResolvedStack>();

/** The resolved template of a set. Each set is resolved once. */
export function resolvedSet(name: string): ResolvedStack {
  const parameters = parameterSets[name];
  if (parameters === undefined) throw new Error(`No parameter set is called ${name}`);
  const resolved = memory.get(name) ?? resolveStack(parameters);
  memory.set(name, resolved);
  return resolved;
}

export const setNames = Object.keys(parameterSets);

export const resourcesOf = (set: string, type: string): [string, Resource][] =>
  Object.entries(resolvedSet(set).Resources).filter(([, { Type }]) => Type === type);

/** `${Queue.Arn}` or `${Queue}` → `Queue`. */
export const idIn = (reference: unknown): string =>
  /^\$\{(\w+)(?:\.\w+)?\}$/.exec(String(reference))?.[1] ?? String(reference);

/** The resource of a set that a reference names. */
export function inSet(set: string, reference: unknown): Resource {
  const found = resolvedSet(set).Resources[idIn(reference)];
  if (found === undefined) throw new Error(`${set} has no ${reference}`);
  return found;
}
