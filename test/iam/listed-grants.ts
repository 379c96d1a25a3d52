import { setNames } from '../template/sets.ts';
import type { Grant } from './grants.ts';

/** A grant that nothing uses with some parameters, or not in the end-to-end tests, and why the template has it there. */
export interface ListedGrant extends Grant {
  /** The role, or the queue whose policy has it. */
  readonly owner: string;
  /** The parameter sets of test/template/sets.ts with which nothing uses it; `end-to-end` for the tests' parameters. */
  readonly unusedIn: readonly string[];
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
    unusedIn: setNames.filter((name) => name !== 'the default bus'),
    usedWith: 'rules of other stacks',
    reason:
      "A rule of the user's own that transforms events for ApiCallQueue has a redrive rule on the redrive bus.",
  },
  {
    owner: 'RuleDlq',
    ...rulesOfThisStack('stack-*'),
    unusedIn: ['minimal', 'GitHub only', 'GitHub only, existing secrets', 'Twilio only'],
    usedWith: 'everything',
    reason: 'Without destinations, no rule of this stack is on the redrive bus or the default bus.',
  },
];
