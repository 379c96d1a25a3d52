import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths, root } from '../../local/stack/paths.ts';
import { samVenv, venvBin } from '../../local/stack/python.ts';
import { fields, type Json, list } from '../../local/template/json.ts';

export { fields, type Json, list };

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: unknown;
  readonly UpdateReplacePolicy?: unknown;
  readonly Metadata?: Json;
  readonly Properties: Json;
}

export interface Template {
  readonly Parameters: Readonly<Record<string, Json>>;
  readonly Metadata: Json;
  readonly Rules: Readonly<Record<string, Json>>;
  readonly Conditions: Json;
  readonly Mappings: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, number | string>>>>>
  >;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, Json>>;
}

const source = join(root, 'template.yaml');
const script = join(root, 'test/template/translate.py');
const translation = join(paths.local, 'translated-template.json');

/** The translation that an earlier test file has left, when it was made from the same template by the same translator. */
function readTranslation(digest: string): Template | undefined {
  if (!existsSync(translation)) return undefined;
  const kept: { digest: string; template: Template } = JSON.parse(
    readFileSync(translation, 'utf8'),
  );
  return kept.digest === digest ? kept.template : undefined;
}

/** SAM's translator takes seconds and some twenty test files need its result, so the result is kept below `.local/`. */
function translate(): Template {
  const digest = createHash('sha256');
  for (const file of [source, script, join(root, samVenv.lock)]) digest.update(readFileSync(file));
  const key = digest.digest('hex');
  const kept = readTranslation(key);
  if (kept) return kept;
  const translated = execFileSync(venvBin(samVenv, 'python'), [script, source], {
    encoding: 'utf8',
  });
  const partial = `${translation}.${randomUUID()}`;
  writeFileSync(partial, `{"digest":"${key}","template":${translated}}`);
  renameSync(partial, translation);
  return JSON.parse(translated);
}

/** The template as CloudFormation gets it: SAM's resources expanded, intrinsic functions left as they are. */
export const template: Template = translate();

export const ofType = (type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

export function resource(logicalId: string): Resource {
  const found = template.Resources[logicalId];
  if (found === undefined) throw new Error(`The template has no ${logicalId}`);
  return found;
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal: Json;
  readonly Action: readonly unknown[];
  readonly Resource: readonly unknown[];
  readonly Condition: Json;
}

export const toStatement = (value: unknown): Statement => {
  const { Sid, Effect, Principal, Action, Resource: resources, Condition } = fields(value);
  return {
    Sid: String(Sid),
    Effect: String(Effect),
    Principal: fields(Principal),
    Action: list(Action),
    Resource: list(resources),
    Condition: fields(Condition),
  };
};

/** A role's unconditional statements. Tests of resolved parameter sets cover the conditional ones. */
export const statementsOf = (role: Resource): Statement[] =>
  list(role.Properties['Policies'])
    .filter((policy) => 'PolicyDocument' in fields(policy))
    .flatMap((policy) => list(fields(fields(policy)['PolicyDocument'])['Statement']))
    .map(toStatement);

export const policyOf = (queuePolicy: Resource): Statement[] =>
  list(fields(queuePolicy.Properties['PolicyDocument'])['Statement']).map(toStatement);

export const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/** Whether a role may do `action` on exactly `target`. */
export const allows = (role: Resource, action: string, target: unknown): boolean =>
  statementsOf(role).some(
    ({ Effect, Action, Resource: resources }) =>
      Effect === 'Allow' &&
      Action.includes(action) &&
      resources.some((candidate) => JSON.stringify(candidate) === JSON.stringify(target)),
  );
