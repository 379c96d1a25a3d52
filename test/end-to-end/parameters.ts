/**
 * One attempt: failures are dead-lettered at once. No schedule: tests invoke the reprocessor themselves. A timeout of apicall
 * that leaves a call of Salesforce six seconds, which a busy machine keeps to. The default's resources, and Apex REST.
 */
export const parameters = {
  AllowedResources: 'sobjects,query,queryAll,search,composite,limits,apexrest',
  ApiCallTimeoutSeconds: '15',
  MaxAttempts: '1',
  ReprocessorState: 'DISABLED',
  RedriveBackoffSeconds: '1',
};
