/**
 * One attempt: failures are dead-lettered at once. No schedule: tests invoke the reprocessor themselves. A timeout of apicall
 * that leaves a call of Salesforce six seconds, which a busy machine keeps to.
 */
export const parameters = {
  ApiCallTimeoutSeconds: '15',
  MaxAttempts: '1',
  ReprocessorState: 'DISABLED',
  RedriveBackoffSeconds: '1',
};
