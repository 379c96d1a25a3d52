import type { CreatedSecret } from './aws.ts';

export interface LocalParameters {
  readonly salesforceUrl: string;
  readonly secrets: { readonly github: string; readonly twilio: string };
  readonly connectionSecret: CreatedSecret;
  /** From `--parameter Name=Value`; take precedence. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** The parameters that the local stack sets. All others have the template's defaults. */
export const localParameters = (options: LocalParameters): Record<string, string> => ({
  GitHubWebhookSecret: options.secrets.github,
  TwilioWebhookSecret: options.secrets.twilio,
  Mappings: '*',
  SalesforceMyDomainUrl: options.salesforceUrl,
  PlatformEventName: 'Carbon_Estimate__e',
  ContactExternalIdField: 'Customer_Id__c',
  PartnerEventSourceName: 'aws.partner/salesforce.com/00D000000000001EAA/0YL000000000001CAA',
  ConnectionSecretArn: options.connectionSecret.arn,
  ConnectionSecretVersionId: options.connectionSecret.versionId,
  ApiCallTimeoutSeconds: '5',
  ...options.overrides,
});
