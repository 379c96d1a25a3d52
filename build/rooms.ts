/** Logical id in template.yaml → folder below functions/. */
export const rooms: Readonly<Record<string, string>> = {
  GitHubWebhookFunction: 'github-webhook',
  TwilioWebhookFunction: 'twilio-webhook',
  SalesforceApiCallFunction: 'salesforce-apicall',
  DlqReprocessorFunction: 'dlq-reprocessor',
};

/** @throws Error naming the known ids, when `template.yaml` has a function that the build does not know. */
export function roomOf(logicalId: string): string {
  const room = rooms[logicalId];
  if (room !== undefined) return room;
  const known = [...Object.keys(rooms), 'DependenciesLayer'].join(', ');
  throw new Error(`Nothing to build for '${logicalId}'. Known logical ids: ${known}`);
}
