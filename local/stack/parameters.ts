import type { SecretVersion } from './aws.ts';

export interface LocalParameters {
  readonly salesforceUrl: string;
  readonly secrets: { readonly github: string; readonly twilio: string };
  readonly connectionSecret: SecretVersion;
  /** Of `--parameter Name=Value`: they win. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** The template's parameters as the local stack sets them; all others keep the template's defaults. */
export const localParameters = (options: LocalParameters): Record<string, string> => ({
  GitHubWebhookSecret: options.secrets.github,
  TwilioWebhookSecret: options.secrets.twilio,
  GitHubIssueToCase: 'true',
  TwilioMessageToTask: 'true',
  SalesforceMyDomainUrl: options.salesforceUrl,
  PlatformEventName: 'Carbon_Estimate__e',
  ContactExternalIdField: 'Customer_Id__c',
  PartnerEventSourceName: 'aws.partner/salesforce.com/00D000000000001EAA/0YL000000000001CAA',
  ConnectionSecretArn: options.connectionSecret.arn,
  ConnectionSecretVersionId: options.connectionSecret.versionId,
  ApiCallTimeoutSeconds: '5',
  ...options.overrides,
});
