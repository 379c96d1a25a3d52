import { describe, expect, it } from 'vitest';
import { classifyResponse } from '../../../../functions/salesforce-apicall/outcome/classify.ts';
import type { Outcome } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { isWanted, toReply } from '../../../../functions/salesforce-apicall/outcome/reply.ts';

const error = (errorCode: string, message = '') => [{ errorCode, message }];
const answer = (status: number, body: unknown, headers = {}) => ({ status, body, headers });

describe('a reply', () => {
  const context = { id: 'r1', source: 'shop', type: 't', statefulbridge: 'b', statefulid: 's' };
  const reply = (outcome: Outcome) => toReply(context, outcome, { source: 'salesforcetarget' });

  it('answers its request by attributes and is never without data', () => {
    expect(reply({ kind: 'success', status: 204, body: '' })).toMatchObject({
      source: 'salesforcetarget',
      type: 'io.triggermesh.salesforce.apicall.response',
      category: 'success',
      processedid: 'r1',
      processedsource: 'shop',
      processedtype: 't',
      statefulbridge: 'b',
      statefulid: 's',
      data: {},
    });
  });

  it.each([
    ['always', true, true],
    ['error', false, true],
    ['errors', false, true],
    ['never', false, false],
  ] as const)(
    'with the policy %s is sent for a success: %s, for an error: %s',
    (policy, success, failure) => {
      const failed = classifyResponse(answer(404, error('NOT_FOUND')), true);
      expect(isWanted(reply({ kind: 'success', status: 200, body: {} }), policy)).toBe(success);
      expect(isWanted(reply(failed), policy)).toBe(failure);
    },
  );
});
