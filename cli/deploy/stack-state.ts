/** What a deployment does with the stack as it is. */
export type StackState =
  | { readonly action: 'create' | 'update' }
  /** A first creation failed: what is left is removed first. */
  | { readonly action: 'clean up' }
  | { readonly action: 'refuse'; readonly reason: string };

const FAILED_CREATION = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED'];

const UPDATABLE = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
];

const refusalOf = (name: string, status: string): string => {
  if (status === 'UPDATE_ROLLBACK_FAILED')
    return (
      `${name}: a rollback failed, so CloudFormation refuses every update. See the reason in the stack's events, fix it, then run ` +
      `aws cloudformation continue-update-rollback --stack-name ${name} (with --resources-to-skip for a resource that can't be restored), and deploy again.`
    );
  if (status === 'UPDATE_FAILED')
    return (
      `${name} is UPDATE_FAILED: an update failed, and its rollback was disabled. See the reason in the stack's events, fix it, then run ` +
      `aws cloudformation rollback-stack --stack-name ${name}, and deploy again.`
    );
  if (status === 'DELETE_FAILED')
    return `${name} could not be deleted completely: run npm run remove, then deploy again.`;
  if (status.endsWith('_IN_PROGRESS'))
    return `${name} is ${status}: another deployment or removal is in progress. Wait for it (aws cloudformation describe-stack-events --stack-name ${name}), then deploy again.`;
  return `${name} is ${status}, and CloudFormation can't update it. See the stack's events in the CloudFormation console.`;
};

/**
 * Decides by CloudFormation's stack status ("Stack status codes").
 *
 * @param status undefined when there is no stack.
 */
export function stackState(name: string, status: string | undefined): StackState {
  // A stack in review has a change set that nobody executed, and no resource.
  if (status === undefined || status === 'REVIEW_IN_PROGRESS') return { action: 'create' };
  if (UPDATABLE.includes(status)) return { action: 'update' };
  if (FAILED_CREATION.includes(status)) return { action: 'clean up' };
  return { action: 'refuse', reason: refusalOf(name, status) };
}
