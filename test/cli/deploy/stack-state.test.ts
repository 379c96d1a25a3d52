import { StackStatus } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { stackState } from '../../../cli/deploy/stack-state.ts';

const reasonOf = (status: string): string => {
  const state = stackState('shop', status);
  return state.action === 'refuse' ? state.reason : state.action;
};

describe('stackState', () => {
  it.each([
    [undefined, 'create'],
    ['REVIEW_IN_PROGRESS', 'create'],
    ['CREATE_COMPLETE', 'update'],
    ['UPDATE_ROLLBACK_COMPLETE', 'update'],
    ['ROLLBACK_COMPLETE', 'clean up'],
    ['CREATE_FAILED', 'clean up'],
  ])('of %s is %s', (status, action) => {
    expect(stackState('shop', status).action).toBe(action);
  });

  it.each([
    ['UPDATE_ROLLBACK_FAILED', /continue-update-rollback --stack-name shop/],
    ['UPDATE_IN_PROGRESS', /another deployment or removal is in progress/],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', /another deployment or removal is in progress/],
    ['DELETE_FAILED', /npm run remove/],
  ])('refuses %s, and says what to do', (status, reason) => {
    expect(reasonOf(status)).toMatch(reason);
  });

  it('decides on every status that CloudFormation has', () => {
    for (const status of Object.values(StackStatus))
      if (status !== 'DELETE_COMPLETE') expect(reasonOf(status)).not.toBe('');
  });
});
