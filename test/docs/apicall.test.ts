import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classRow } from '../../docs/failure-classes.ts';
import { type FailureClass, requestFailureClasses } from '../../functions/common/failure-policy.ts';
import { toEnvelope } from '../../functions/dlq-reprocessor/dead-letter/parse.ts';
import { decide } from '../../functions/dlq-reprocessor/policy.ts';
import { classifyAnswer } from '../../functions/salesforce-apicall/outcome/classify.ts';
import { failure } from '../../functions/salesforce-apicall/outcome/failure-class.ts';
import { errorSchema } from '../../functions/salesforce-apicall/outcome/reply-schema.ts';
import { decideRetry } from '../../functions/salesforce-apicall/outcome/retry.ts';
import { root } from '../../local/stack/paths.ts';

const page = readFileSync(join(root, 'docs/apicall.md'), 'utf8');
const now = new Date('2026-11-24T12:00:00Z');

const verdictOf = (name: FailureClass, attempts: number) =>
  decideRetry(failure(name, 'X', ''), { attempts, maxAttempts: 5, now, random: () => 1 });

/** What the reprocessor does with a dead letter of the class that has just come. */
function decisionOf(name: string) {
  const Failure = JSON.stringify({ class: name, errorCode: 'X', correlation: {} });
  const envelope = toEnvelope({
    messageId: '1',
    receiptHandle: 'r',
    body: '{"action":"GET","resource":"limits"}',
    attributes: { Failure },
    typed: {},
    sentAt: now,
  });
  const policy = {
    maxRedrives: 3,
    backoffSeconds: 60,
    retentionSeconds: 1_000_000,
    retentionMarginSeconds: 3_600,
  };
  return decide(envelope, now, now, policy);
}

describe('what docs/apicall.md says of a failure', () => {
  it.each(requestFailureClasses)('of the class %s is what retry and reprocessor do', (name) => {
    const [, , attempts, delays, deadLetter] = classRow(name);
    const isFinal = verdictOf(name, 1).kind === 'dead-letter';
    expect(attempts === '1').toBe(isFinal);
    expect(delays === 'none').toBe(isFinal);
    if (!isFinal) expect(verdictOf(name, 5).kind).toBe('dead-letter');
    const decision = decisionOf(name);
    expect(deadLetter).toMatch(
      decision.kind === 'park' ? `parked: \`${decision.reason}\`` : /^redriven/,
    );
  });

  it.each(requestFailureClasses)('of the class %s stands in its generated table', (name) =>
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm')),
  );

  it('is tried again after the seconds that it names', () => {
    const delays = [1, 2, 3, 4, 50].map((attempts) => {
      const verdict = decideRetry(failure('retry-soon', 'X', ''), {
        attempts,
        maxAttempts: 100,
        now,
        random: () => 1,
      });
      return verdict.kind === 'retry' && verdict.delaySeconds;
    });
    expect(delays).toEqual([1, 2, 4, 8, 300]);
    expect(classRow('retry-soon')).toContain('1, 2, 4, … 300 s');
  });

  it('is an older request that a validation rule refuses: permanent, parked, its code named', () => {
    const errors = [
      {
        message: 'Older than what is here',
        errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        fields: [],
      },
    ];
    expect(classifyAnswer({ status: 400, headers: {}, body: errors }, true)).toMatchObject({
      class: 'permanent-data',
      errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    });
    expect(decisionOf('permanent-data')).toMatchObject({ kind: 'park', reason: 'PERMANENT' });
    expect(page).toContain('FIELD_CUSTOM_VALIDATION_EXCEPTION');
    expect(page).toContain('parked/PERMANENT/');
  });
});

describe('docs/apicall.md', () => {
  it.each(errorSchema.shape.code.options)('explains the error code %s', (code) =>
    expect(page).toMatch(new RegExp(`^\\| \`${code}\` +\\|`, 'm')),
  );
});
