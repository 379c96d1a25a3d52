import type { Parameter } from '@aws-sdk/client-cloudformation';
import type { Json } from '../../local/template/json.ts';
import { resolveTemplate, toValue } from '../../local/template/resolve.ts';
import { type SourceTemplate, valueProblems } from '../../local/template/source.ts';
import type { Values } from '../environment/file.ts';

/** What is known about the deployed stack's parameters. */
export interface DeployedParameters {
  /** As CloudFormation shows them: NoEcho ones as asterisks. */
  readonly values: Values;
  /** The defaults of the deployed template. */
  readonly defaults: Values;
}

const isNoEcho = (definition: Json): boolean => definition['NoEcho'] === true;

const defaultOf = (definition: Json): string => String(definition['Default'] ?? '');

/**
 * Every parameter as it is handed to CloudFormation: the file's value, else the template's default, so that defaults
 * that change arrive. A NoEcho parameter keeps its previous value, or is empty when the file names the secret's ARN.
 */
export function handedOver(
  { Parameters }: SourceTemplate,
  file: Values,
  deployed: DeployedParameters | undefined,
): Parameter[] {
  return Object.entries(Parameters).map(([ParameterKey, definition]) => {
    const value = file[ParameterKey] ?? defaultOf(definition);
    const isKept =
      isNoEcho(definition) &&
      !file[`${ParameterKey}Arn`] &&
      deployed?.values[ParameterKey] !== undefined;
    return isKept
      ? { ParameterKey, UsePreviousValue: true }
      : { ParameterKey, ParameterValue: value };
  });
}

/** A value in the form in which two are compared: the members of a list without the spaces around them. */
const normalized = (definition: Json, value: string): string =>
  [toValue(definition, value)].flat().join(',');

/** A deployed value that differs from the one that would be deployed. */
export interface Difference {
  readonly name: string;
  readonly deployed: string;
  readonly next: string;
  /** Where `next` comes from. */
  readonly origin: 'file' | 'default' | 'set' | 'new default';
}

/**
 * The deployed values that differ from what the file says.
 *
 * `set`: this command line asks for it. `new default`: nobody gave a value, and the template's default has changed.
 * `file` and `default`: the stack was changed by other means, or the file was; nobody but the user knows which is right.
 */
export function differences(
  { Parameters }: SourceTemplate,
  file: Values,
  set: Values,
  { defaults, values }: DeployedParameters,
): Difference[] {
  const originOf = (name: string, deployed: string): Difference['origin'] => {
    if (name in set) return 'set';
    if (name in file) return 'file';
    return defaults[name] === deployed ? 'new default' : 'default';
  };
  return Object.entries(Parameters).flatMap(([name, definition]) => {
    const deployed = values[name];
    const next = file[name] ?? defaultOf(definition);
    if (deployed === undefined || isNoEcho(definition)) return [];
    if (normalized(definition, deployed) === normalized(definition, next)) return [];
    return [{ name, deployed, next, origin: originOf(name, deployed) }];
  });
}

/**
 * The differences that change a resource or an output. CloudFormation doesn't deploy a change of parameters that
 * changes nothing else: without GitHub, for example, one of PreviousSecretHours.
 *
 * @param values those to deploy, with defaults left out.
 */
export function effectiveDifferences(
  template: SourceTemplate,
  values: Values,
  all: readonly Difference[],
): Difference[] {
  const resultOf = (changed: Values): string => {
    const { outputs, resources } = resolveTemplate(template, { ...values, ...changed });
    return JSON.stringify({ outputs, resources });
  };
  const next = resultOf({});
  return all.filter(({ deployed, name }) => resultOf({ [name]: deployed }) !== next);
}

/** The deployed parameters that a file has to give for the stack to stay as it is. NoEcho ones keep their value. */
export const importedParameters = (
  { Parameters }: SourceTemplate,
  { values }: DeployedParameters,
): Values =>
  Object.fromEntries(
    Object.entries(Parameters).flatMap(([name, definition]) => {
      const deployed = values[name];
      if (deployed === undefined || isNoEcho(definition)) return [];
      const isDefault =
        normalized(definition, deployed) === normalized(definition, defaultOf(definition));
      return isDefault ? [] : [[name, deployed]];
    }),
  );

/** A value in place of a NoEcho one that stays as it is. */
const KEPT = '****';

/**
 * The values as conditions and rules see them. CloudFormation shows a NoEcho value as asterisks even if it is empty: it
 * has one if the stack has a resource that exists only then.
 *
 * @param deployedIds logical ids of the deployed stack's resources.
 */
export function effectiveValues(
  template: SourceTemplate,
  file: Values,
  deployedIds: ReadonlySet<string>,
): Values {
  const kept = Object.entries(template.Parameters).flatMap(([name, definition]) => {
    if (!isNoEcho(definition) || file[`${name}Arn`]) return [];
    const idsWith = (value: string) =>
      Object.keys(resolveTemplate(template, { ...file, [name]: value }).resources);
    const without = new Set(idsWith(''));
    const isSet = idsWith(KEPT).some((id) => !without.has(id) && deployedIds.has(id));
    return isSet ? [[name, KEPT] as const] : [];
  });
  return { ...file, ...Object.fromEntries(kept) };
}

/** What CloudFormation would refuse, and what doesn't belong in a file or on a command line: a secret. */
export function valueProblemsOf(template: SourceTemplate, values: Values): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const definition = template.Parameters[name];
    if (definition !== undefined && isNoEcho(definition))
      return [`${name} is a secret: write it to AWS Secrets Manager and give ${name}Arn instead`];
    return valueProblems(template, { [name]: value });
  });
}
