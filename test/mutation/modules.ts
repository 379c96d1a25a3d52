/** A part of the functions that decides something, and the tests that are to notice every change of it. */
export interface Module {
  readonly name: string;
  readonly files: readonly string[];
  /** Unit tests of these files: a mutant that only the test of a whole function notices counts as survived. */
  readonly tests: readonly string[];
}

const apicall = 'functions/salesforce-apicall';
const dlq = 'functions/dlq-reprocessor';

const below = (folder: string, ...names: readonly string[]): string[] =>
  names.map((name) => `${folder}/${name}`);

export const modules: readonly Module[] = [
  {
    name: 'verification',
    files: [
      'functions/github-webhook/provider.ts',
      'functions/twilio-webhook/signature.ts',
      'functions/common/webhook/signing-secret.ts',
    ],
    tests: below(
      'test/functions',
      'github-webhook/provider.test.ts',
      'twilio-webhook/signature.test.ts',
      'twilio-webhook/vectors.test.ts',
      'common/webhook/signing-secret.test.ts',
    ),
  },
  {
    name: 'classification',
    files: [
      'functions/common/failure-policy.ts',
      ...below(`${apicall}/outcome`, 'classify.ts', 'failure-class.ts', 'retry.ts'),
    ],
    tests: [
      'test/functions/common/failure-policy.test.ts',
      `test/${apicall}/outcome/!(*.flow).test.ts`,
    ],
  },
  {
    name: 'planner',
    files: below(
      `${apicall}/coalesce`,
      'collections.ts',
      'composite.ts',
      'ordering.ts',
      'plan.ts',
      'single.ts',
      'split.ts',
    ),
    tests: [`test/${apicall}/coalesce/!(*.flow).test.ts`],
  },
  {
    name: 'paths and allow-lists',
    files: below(`${apicall}/request`, 'url.ts', 'subrequests.ts', 'allow-lists.ts', 'schema.ts'),
    tests: [`test/${apicall}/request/!(*.flow).test.ts`],
  },
  {
    name: 'breaker',
    files: [`${apicall}/circuit-breaker/state.ts`],
    tests: below(`test/${apicall}`, 'circuit-breaker/state.test.ts'),
  },
  {
    name: 'dead-letter messages',
    files: below(dlq, 'policy.ts', 'filter.ts'),
    tests: below(`test/${dlq}`, 'policy.test.ts', 'filter.test.ts', 'policy.flow.test.ts'),
  },
];
