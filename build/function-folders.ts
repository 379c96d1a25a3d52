/** Logical id in template.yaml → folder in functions/. */
export const functionFolders: Readonly<Record<string, string>> = {
  GitHubWebhookFunction: 'github-webhook',
  TwilioWebhookFunction: 'twilio-webhook',
  SalesforceApiCallFunction: 'salesforce-apicall',
  DlqReprocessorFunction: 'dlq-reprocessor',
};

/** @throws Error listing the known ids, if `template.yaml` has a function that is not listed here. */
export function functionFolder(logicalId: string): string {
  const functionName = functionFolders[logicalId];
  if (functionName !== undefined) return functionName;
  const known = [...Object.keys(functionFolders), 'DependenciesLayer'].join(', ');
  throw new Error(`Nothing to build for '${logicalId}'. Known logical ids: ${known}`);
}
