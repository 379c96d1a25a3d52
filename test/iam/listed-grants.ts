import type { Grant } from './grants.ts';

/** A grant that nothing uses with some parameters, or not in the end-to-end tests, and why the template has it there. */
export interface ListedGrant extends Grant {
  /** The role, or the queue whose policy has it. */
  readonly owner: string;
  /** The parameter sets of test/template/sets.ts with which nothing uses it; `end-to-end` for the tests' parameters. */
  readonly unusedIn: readonly string[] | 'every set';
  /** The parameter set, or the condition, with which it is used. */
  readonly usedWith: string;
  readonly reason: string;
}

const rulesOfThisStack = (rules: string) => ({
  sid: 'RulesOfThisStack',
  condition: `aws:SourceArn arn:aws:events:us-east-1:000000000000:rule/${rules}`,
});

export const listedGrants: readonly ListedGrant[] = [
  {
    owner: 'ApiCallQueue',
    ...rulesOfThisStack('stack-redrive/*'),
    unusedIn: 'every set',
    usedWith: 'rules of other stacks',
    reason:
      "A rule of the user's own that transforms events for ApiCallQueue has a redrive rule on the redrive bus.",
  },
  {
    owner: 'RuleDlq',
    ...rulesOfThisStack('stack-*'),
    unusedIn: ['minimal', 'GitHub only, existing secrets'],
    usedWith: 'everything',
    reason:
      'Without rules for webhooks and destinations, none is on the redrive bus or the default bus.',
  },
];
