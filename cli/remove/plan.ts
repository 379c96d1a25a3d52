import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { plural } from '../format.ts';

/** A resource that outlives its stack, or that was made outside of it. */
export const keptSchema = z.object({
  type: z.string(),
  /** The logical id, or the name. */
  name: z.string(),
  /** Bucket, table and key by name or id, queue by URL, secret and topic by ARN. */
  physicalId: z.string(),
  /** How much it holds, when that is known. */
  contents: z.string().optional(),
});

export type Kept = z.infer<typeof keptSchema>;

export interface RemovalPlan {
  /** Resources that are deleted with the stack, counted by type. */
  readonly deleted: ReadonlyMap<string, number>;
  readonly kept: readonly Kept[];
}

type Policies = Readonly<Record<string, unknown>>;

/** "DeletionPolicy attribute": both of these outlive the deletion of a stack. */
const RETAINED = ['Retain', 'RetainExceptOnCreate'];

const countBy = (types: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const type of types.toSorted()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
};

/**
 * What a removal deletes, and what stays.
 *
 * @param policies logical id → DeletionPolicy of the deployed template, which may be older than this clone's.
 */
export function planRemoval(
  resources: readonly StackResourceSummary[],
  policies: Policies,
  outside: readonly Kept[],
): RemovalPlan {
  const existing = resources.filter(
    ({ PhysicalResourceId, ResourceStatus }) =>
      PhysicalResourceId !== undefined && ResourceStatus !== 'DELETE_COMPLETE',
  );
  const isKept = ({ LogicalResourceId = '' }: StackResourceSummary): boolean =>
    RETAINED.includes(String(policies[LogicalResourceId]));
  return {
    deleted: countBy(
      existing.filter((one) => !isKept(one)).map(({ ResourceType = '' }) => ResourceType),
    ),
    kept: [
      ...existing
        .filter(isKept)
        .map(({ LogicalResourceId = '', PhysicalResourceId = '', ResourceType = '' }) => ({
          type: ResourceType,
          name: LogicalResourceId,
          physicalId: PhysicalResourceId,
        })),
      ...outside,
    ],
  };
}

const shortType = (type: string): string => type.replace(/^AWS::/, '').replaceAll('::', ' ');

const keptLine = ({ contents, name, physicalId, type }: Kept): string =>
  `  ${shortType(type)} ${name}: ${physicalId}${contents === undefined ? '' : ` (${contents})`}`;

export const describeKept = (kept: readonly Kept[]): string => kept.map(keptLine).join('\n');

/** The plan in words. */
export function describePlan({ deleted, kept }: RemovalPlan, withData: boolean): string {
  const types = [...deleted].map(([type, count]) => `  ${shortType(type)}: ${count}`);
  const total = [...deleted.values()].reduce((sum, count) => sum + count, 0);
  const what = withData ? 'Emptied and deleted too, for good' : 'Stays in the account';
  return [
    ...(total > 0 ? [`Deleted with the stack (${plural(total, 'resource')}):`, ...types] : []),
    ...(kept.length > 0 ? [`${what}:`, describeKept(kept)] : ['Nothing else is left.']),
    ...(withData && kept.some(({ type }) => type === 'AWS::KMS::Key')
      ? ['The key is scheduled for deletion in 30 days; until then it can be restored.']
      : []),
  ].join('\n');
}
