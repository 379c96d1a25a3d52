import type { ResourceChange, ResourceChangeDetail } from '@aws-sdk/client-cloudformation';
import type { SourceTemplate } from '../../local/template/source.ts';
import { formatCount } from '../format.ts';

/** A change of one resource, in words. */
export interface Change {
  readonly kind: 'added' | 'changed' | 'replaced' | 'may be replaced' | 'removed';
  readonly logicalId: string;
  readonly type: string;
  /** What replacing or removing the resource means for its contents. */
  readonly consequence?: string;
  /** Whether it must not be replaced without `--replace`. */
  readonly isStateful: boolean;
}

/** What is lost when a resource of this type is replaced, besides those that the template retains. */
const LOST: Readonly<Record<string, string>> = {
  'AWS::SecretsManager::Secret': 'its value is lost',
  'AWS::Lambda::Url': 'its URL changes: enter the new one at the provider',
  'AWS::Events::EventBus': 'rules on it that are not part of this stack are lost',
  'AWS::Events::Archive': 'its events are lost',
};

/** The logical id in `Id.Attribute`, which caused a change. */
const causeOf = ({ CausingEntity }: ResourceChangeDetail): string | undefined =>
  CausingEntity?.split('.')[0];

/** Whether a detail, if its value really changes, makes CloudFormation replace the resource. */
const isRecreating = ({ Target }: ResourceChangeDetail): boolean =>
  Target?.RequiresRecreation !== undefined && Target.RequiresRecreation !== 'Never';

/**
 * The resources that are replaced, or may be. CloudFormation calls a replacement conditional when a property refers to
 * another resource that changes; ARNs and names, which are what such properties hold, change only when that one is
 * replaced itself ("ResourceChange").
 */
function replacedIds(changes: readonly ResourceChange[]): ReadonlySet<string> {
  const replaced = new Set<string>();
  const isReplaced = ({ Details = [], Replacement }: ResourceChange): boolean => {
    if (Replacement === 'True') return true;
    if (Replacement !== 'Conditional') return false;
    const recreating = Details.filter(isRecreating);
    const isMoved = (detail: ResourceChangeDetail): boolean => {
      const cause = causeOf(detail);
      const isOther = changes.some(({ LogicalResourceId }) => LogicalResourceId === cause);
      return !isOther || replaced.has(cause ?? '');
    };
    return recreating.length === 0 || recreating.some(isMoved);
  };
  for (let size = -1; size < replaced.size; ) {
    size = replaced.size;
    for (const change of changes)
      if (isReplaced(change)) replaced.add(change.LogicalResourceId ?? '');
  }
  return replaced;
}

const kindOf = (
  { Action, LogicalResourceId = '', Replacement }: ResourceChange,
  replaced: ReadonlySet<string>,
): Change['kind'] => {
  if (Action === 'Add' || Action === 'Import') return 'added';
  if (Action === 'Remove') return 'removed';
  if (!replaced.has(LogicalResourceId)) return 'changed';
  return Replacement === 'True' ? 'replaced' : 'may be replaced';
};

function consequenceOf(
  kind: Change['kind'],
  type: string,
  isRetained: boolean,
): string | undefined {
  const isReplaced = kind === 'replaced' || kind === 'may be replaced';
  if (isRetained && kind === 'removed') return 'it stays in the account, with its contents';
  if (isRetained && isReplaced) return 'the new one is empty; the old one stays in the account';
  return isReplaced || kind === 'removed' ? LOST[type] : undefined;
}

function toChange(
  template: SourceTemplate,
  change: ResourceChange,
  replaced: ReadonlySet<string>,
): Change {
  const { LogicalResourceId: logicalId = '', ResourceType: type = '' } = change;
  const kind = kindOf(change, replaced);
  const isRetained = template.Resources[logicalId]?.['UpdateReplacePolicy'] === 'Retain';
  const consequence = consequenceOf(kind, type, isRetained);
  return {
    kind,
    logicalId,
    type,
    isStateful: isRetained || type in LOST,
    ...(consequence === undefined ? {} : { consequence }),
  };
}

/** @param template says which resources outlive their replacement: those are stateful. */
export function toChanges(template: SourceTemplate, changes: readonly ResourceChange[]): Change[] {
  const replaced = replacedIds(changes);
  return changes.map((change) => toChange(template, change, replaced));
}

/** The changes that need `--replace`. */
export const refusedReplacements = (changes: readonly Change[]): Change[] =>
  changes.filter(
    ({ isStateful, kind }) => isStateful && (kind === 'replaced' || kind === 'may be replaced'),
  );

const KINDS = ['added', 'changed', 'replaced', 'may be replaced', 'removed'] as const;

/** More than this many resources of one kind and type are counted, not listed: a first deployment adds a hundred. */
const MAX_LISTED = 4;

const shortType = (type: string): string => type.replace(/^AWS::/, '').replaceAll('::', ' ');

function typeLine(type: string, changes: readonly Change[]): string {
  const names = changes.map(({ logicalId }) => logicalId);
  const listed =
    names.length > MAX_LISTED ? `${formatCount(names.length)} resources` : names.join(', ');
  return `    ${shortType(type)}: ${listed}`;
}

function kindLines(kind: Change['kind'], changes: readonly Change[]): string[] {
  const ofKind = changes.filter((change) => change.kind === kind);
  if (ofKind.length === 0) return [];
  const plain = ofKind.filter(({ consequence }) => consequence === undefined);
  const types = [...new Set(plain.map(({ type }) => type))].toSorted();
  return [
    `  ${kind} (${formatCount(ofKind.length)})`,
    ...types.map((type) =>
      typeLine(
        type,
        plain.filter((change) => change.type === type),
      ),
    ),
    ...ofKind.flatMap(({ consequence, logicalId, type }) =>
      consequence === undefined ? [] : [`    ${shortType(type)}: ${logicalId} – ${consequence}`],
    ),
  ];
}

/** The change set in words, one line for each type of resource. */
export const describeChanges = (changes: readonly Change[]): string =>
  KINDS.flatMap((kind) => kindLines(kind, changes)).join('\n');
