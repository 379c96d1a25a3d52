import { withMappedTypes } from '../../build/mappings/enabled.ts';
import { MappingsError } from '../../build/mappings/errors.ts';
import type { CreatedSecret } from './aws.ts';
import { StackError } from './errors.ts';
import { root } from './paths.ts';

export interface LocalParameters {
  readonly salesforceUrl: string;
  readonly secrets: { readonly github: string; readonly twilio: string };
  readonly connectionSecret: CreatedSecret;
  /** From `--parameter Name=Value`; take precedence. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** Mappings of the local stack: all but the one that makes a second task of each SMS. */
const MAPPINGS = [
  'github-bug-to-record',
  'github-issue-to-case',
  'order-to-records',
  'return-to-case',
  'twilio-message-to-task',
];

/**
 * The parameters that the local stack sets. All others have the template's defaults.
 *
 * @throws StackError when the mappings, or their names, have errors.
 */
export const localParameters = (options: LocalParameters): Promise<Record<string, string>> =>
  withMappedTypes(
    {
      GitHubWebhookSecret: options.secrets.github,
      TwilioWebhookSecret: options.secrets.twilio,
      Mappings: MAPPINGS.join(','),
      SalesforceMyDomainUrl: options.salesforceUrl,
      PlatformEventName: 'Carbon_Estimate__e',
      ContactExternalIdField: 'Customer_Id__c',
      PartnerEventSourceName: 'aws.partner/salesforce.com/00D000000000001EAA/0YL000000000001CAA',
      ConnectionSecretArn: options.connectionSecret.arn,
      ConnectionSecretVersionId: options.connectionSecret.versionId,
      ApiCallTimeoutSeconds: '5',
      ...options.overrides,
    },
    root,
  ).catch((cause: unknown) => {
    throw cause instanceof MappingsError ? new StackError(cause.message, { cause }) : cause;
  });
