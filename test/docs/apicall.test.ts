import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classRow } from '../../docs/failure-classes.ts';
import { type FailureClass, requestFailureClasses } from '../../functions/common/failure-policy.ts';
import { parseEnvelope } from '../../functions/dlq-reprocessor/dead-letter/parse.ts';
import { decide } from '../../functions/dlq-reprocessor/policy.ts';
import { classifyResponse } from '../../functions/salesforce-apicall/outcome/classify.ts';
import { failure } from '../../functions/salesforce-apicall/outcome/failure-class.ts';
import { errorSchema } from '../../functions/salesforce-apicall/outcome/reply-schema.ts';
import { decideRetry } from '../../functions/salesforce-apicall/outcome/retry.ts';
import { root } from '../../local/stack/paths.ts';

const page = readFileSync(join(root, 'docs/apicall.md'), 'utf8');
const now = new Date('2026-11-24T12:00:00Z');

const retryDecision = (name: FailureClass, attempts: number) =>
  decideRetry(failure(name, 'X', ''), { attempts, maxAttempts: 5, now, random: () => 1 });

/** What the reprocessor decides for a dead-letter message of the class that has just arrived. */
function decisionOf(name: string) {
  const Failure = JSON.stringify({ class: name, errorCode: 'X', correlation: {} });
  const message = {
    messageId: '1',
    receiptHandle: 'r',
    body: '{"action":"GET","resource":"limits"}',
    attributes: { Failure: { DataType: 'String', StringValue: Failure } },
    sentAt: now,
  };
  const envelope = parseEnvelope(message, 'redrive');
  const policy = {
    maxRedrives: 3,
    backoffSeconds: 60,
    retentionSeconds: 1_000_000,
    retentionMarginSeconds: 3_600,
  };
  return decide(envelope, now, now, policy);
}

describe('the failure classes in docs/apicall.md', () => {
  it.each(requestFailureClasses)('match the retry policy and the reprocessor: %s', (name) => {
    const [, , attempts, delays, deadLetter] = classRow(name);
    const isFinal = retryDecision(name, 1).kind === 'dead-letter';
    expect(attempts === '1').toBe(isFinal);
    expect(delays === 'none').toBe(isFinal);
    if (!isFinal) expect(retryDecision(name, 5).kind).toBe('dead-letter');
    const decision = decisionOf(name);
    expect(deadLetter).toMatch(
      decision.kind === 'park' ? `parked: \`${decision.reason}\`` : /^redriven/,
    );
  });

  it.each(requestFailureClasses)('include %s in the generated table', (name) =>
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm')),
  );

  it('state the back-off in seconds', () => {
    const delays = [1, 2, 3, 4, 50].map((attempts) => {
      const decision = decideRetry(failure('retry-soon', 'X', ''), {
        attempts,
        maxAttempts: 100,
        now,
        random: () => 1,
      });
      return decision.kind === 'retry' && decision.delaySeconds;
    });
    expect(delays).toEqual([1, 2, 4, 8, 300]);
    expect(classRow('retry-soon')).toContain('1, 2, 4, … 300 s');
  });

  it('park an older request that a validation rule refuses, with its error code', () => {
    const errors = [
      {
        message: 'Older than the current version',
        errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        fields: [],
      },
    ];
    expect(classifyResponse({ status: 400, headers: {}, body: errors }, true)).toMatchObject({
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
