/** What can be done about a request that failed: the one vocabulary of retry, dead letters and reprocessing. */
export const requestFailureClasses = [
  'retry-soon',
  'retry-later',
  'alone',
  'permanent-data',
  'permanent-size',
  'configuration',
  'outcome-unknown',
] as const;
