/** One attempt: failures are dead-lettered at once. The schedule is off: tests reprocess by themselves. */
export const parameters = {
  MaxAttempts: '1',
  ReprocessorState: 'DISABLED',
  RedriveBackoffSeconds: '1',
};
