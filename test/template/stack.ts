import { resolveTemplate } from '../../local/template/resolve.ts';
import { type Json, type Resource, template } from './template.ts';

/** The template resolved with one set of parameters: plain JSON in which `${Id}` and `${Id.Attribute}` are references. */
export interface ResolvedStack {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, Json>>;
}

type Parameters = Readonly<Record<string, string>>;

const toReference = (name: string): string => `\${${name}}`;

/** Whether these parameters pass the template's own constraints and `Rules`. */
export const isAccepted = (given: Parameters): boolean =>
  resolveTemplate(template, given).refusals.length === 0;

/** Evaluates conditions, fills in parameters, and omits resources whose condition is false. */
export function resolveStack(given: Parameters): ResolvedStack {
  const { resources, outputs } = resolveTemplate(template, given, toReference);
  const toResource = ({ Type, Properties, ...rest }: Json): Resource => ({
    ...rest,
    Type: String(Type),
    Properties: { ...Object(Properties) },
  });
  return {
    Resources: Object.fromEntries(
      Object.entries(resources).map(([id, one]) => [id, toResource(one)]),
    ),
    Outputs: outputs,
  };
}

const isFields = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** The resolved template with references as intrinsic functions again, as CloudFormation accepts it. */
export function deployable({ Resources, Outputs }: ResolvedStack): Json {
  const toIntrinsic = (value: unknown): unknown => {
    if (typeof value === 'string') return value.includes('${') ? { 'Fn::Sub': value } : value;
    if (Array.isArray(value)) return value.map(toIntrinsic);
    if (!isFields(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, toIntrinsic(inner)]),
    );
  };
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: toIntrinsic(Resources),
    Outputs: toIntrinsic(Outputs),
  };
}
