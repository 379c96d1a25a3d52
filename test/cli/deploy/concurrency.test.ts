import { describe, expect, it } from 'vitest';
import {
  concurrencyProblem,
  highestReservation,
  reservations,
} from '../../../cli/deploy/concurrency.ts';
import { readTemplate } from '../../../local/template/source.ts';

const template = readTemplate('template.yaml');
const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:a';
const github = { GitHubWebhookSecretArn: ARN };
const both = { ...github, TwilioWebhookSecretArn: ARN };

describe('reservations', () => {
  it.each([
    ['without webhooks', {}, []],
    ['with GitHub', github, [10]],
    ['with both', { ...both, WebhookReservedConcurrency: '7' }, [7, 7]],
    ['without reservations', { ...both, WebhookReservedConcurrency: '-1' }, []],
  ])('%s', (_what, values, expected) => {
    expect(reservations(template, values)).toEqual(expected);
  });
});

describe('concurrencyProblem', () => {
  const account = (limit: number, held = 0) => ({ limit, unreserved: limit - held, held });

  it.each([
    [10, 0, [], undefined],
    [10, 0, [10], '=-1 (reserves none)'],
    [110, 0, [10], undefined],
    [110, 0, [10, 10], '=5,'],
    // A second deployment gives back what the stack holds.
    [110, 10, [10], undefined],
    [125, 20, [10, 10], undefined],
    [120, 20, [11, 11], '=10,'],
    [1_000, 0, [10, 10], undefined],
    [1_000, 0, [500, 500], '=450,'],
  ])(
    'of an account with %i executions, %i held, reserving %j',
    (limit, held, reserved, expected) => {
      const problem = concurrencyProblem(account(limit, held), reserved);
      if (expected === undefined) expect(problem).toBeUndefined();
      else expect(problem).toContain(`--set WebhookReservedConcurrency${expected}`);
    },
  );

  it('says what the account allows, and counts what this stack holds apart', () => {
    const problem = concurrencyProblem(account(120, 20), [50, 50]);
    expect(problem).toMatch(
      /allows 120 .* 100 are unreserved and 20 that this stack holds already/,
    );
    expect(problem).toContain('reserve 50 + 50');
  });
});

describe('highestReservation', () => {
  it('is -1 where the account allows none', () => {
    expect(highestReservation({ limit: 10, unreserved: 10, held: 0 }, 2)).toBe(-1);
    expect(highestReservation({ limit: 101, unreserved: 101, held: 0 }, 2)).toBe(-1);
  });
});
