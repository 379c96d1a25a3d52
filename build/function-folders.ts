/** Logical id in template.yaml → folder below functions/. */
export const functionFolders: Readonly<Record<string, string>> = {
  GitHubWebhookFunction: 'github-webhook',
  TwilioWebhookFunction: 'twilio-webhook',
  SalesforceApiCallFunction: 'salesforce-apicall',
  DlqReprocessorFunction: 'dlq-reprocessor',
};

/** @throws Error naming the known ids, when `template.yaml` has a function that the build does not know. */
export function functionFolder(logicalId: string): string {
  const functionName = functionFolders[logicalId];
  if (functionName !== undefined) return functionName;
  const known = [...Object.keys(functionFolders), 'DependenciesLayer'].join(', ');
  throw new Error(`Nothing to build for '${logicalId}'. Known logical ids: ${known}`);
}
