import { fields, type Json, list, type Resource, template } from './template.ts';

/** The template as one set of parameters makes it: plain JSON in which `${Id}` and `${Id.Attribute}` are references. */
export interface Resolved {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, Json>>;
}

type Parameters = Readonly<Record<string, string>>;

/** What `AWS::…` stands for in every resolved template. */
export const pseudo: Parameters = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::StackName': 'stack',
  'AWS::URLSuffix': 'amazonaws.com',
};

const NOTHING = Symbol('AWS::NoValue');

const isFields = (value: unknown): value is Json => typeof value === 'object' && value !== null;

function createResolver(given: Parameters) {
  const defaults = Object.entries(template.Parameters).map(([name, { Default }]) => [
    name,
    String(Default),
  ]);
  const known: Parameters = { ...Object.fromEntries(defaults), ...pseudo, ...given };
  const conditions = fields(template.Conditions);

  const ref = (name: string): unknown =>
    name === 'AWS::NoValue' ? NOTHING : (known[name] ?? `\${${name}}`);

  const holds = (name: unknown): boolean => isTrue(conditions[String(name)]);

  function isTrue(expression: unknown): boolean {
    const [[operator = '', operand] = []] = Object.entries(fields(expression));
    const operands = list(operand);
    if (operator === 'Condition') return holds(operand);
    if (operator === 'Fn::Not') return !isTrue(operands[0]);
    if (operator === 'Fn::And') return operands.every(isTrue);
    if (operator === 'Fn::Or') return operands.some(isTrue);
    if (operator === 'Fn::Equals')
      return String(resolve(operands[0])) === String(resolve(operands[1]));
    throw new Error(`Not a condition: ${JSON.stringify(expression)}`);
  }

  const sub = (operand: unknown): string => {
    const [text, own] = list(operand);
    const values = fields(resolve(own ?? {}));
    return String(text).replaceAll(/\$\{([\w:.]+)\}/g, (_, name: string) =>
      String(values[name] ?? ref(name)),
    );
  };

  const functions: Readonly<Record<string, (operand: unknown) => unknown>> = {
    Ref: (operand) => ref(String(operand)),
    'Fn::GetAtt': (operand) => `\${${list(operand).join('.')}}`,
    'Fn::Sub': sub,
    'Fn::If': (operand) => {
      const [name, yes, no] = list(operand);
      return resolve(holds(name) ? yes : no);
    },
    'Fn::Join': (operand) => {
      const [separator, parts] = list(operand);
      return list(resolve(parts)).join(String(separator));
    },
    'Fn::FindInMap': (operand) => {
      const [map, first, second] = list(resolve(operand)).map(String);
      return template.Mappings[map ?? '']?.[first ?? '']?.[second ?? ''];
    },
  };

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== NOTHING);
    if (!isFields(value)) return value;
    const entries = Object.entries(value);
    const [[name = '', operand] = []] = entries;
    const call = entries.length === 1 ? functions[name] : undefined;
    if (call) return call(operand);
    const resolved = entries.map(([key, inner]) => [key, resolve(inner)]);
    return Object.fromEntries(resolved.filter(([, inner]) => inner !== NOTHING));
  }

  return { resolve, holds, isTrue };
}

/** Whether the template's own `Rules` take these parameters. */
export function isAccepted(given: Parameters): boolean {
  const { isTrue } = createResolver(given);
  return Object.values(fields(template.Rules)).every((rule) => {
    const { RuleCondition, Assertions } = fields(rule);
    if (RuleCondition !== undefined && !isTrue(RuleCondition)) return true;
    return list(Assertions).every((assertion) => isTrue(fields(assertion)['Assert']));
  });
}

/** Decides the conditions, fills in parameters, and leaves out what does not exist then. */
export function resolveTemplate(given: Parameters): Resolved {
  const { resolve, holds } = createResolver(given);
  const present = (all: Readonly<Record<string, Json | Resource>>) =>
    Object.entries(all)
      .filter(([, { Condition }]) => Condition === undefined || holds(Condition))
      .map(([id, { Condition, ...item }]) => [id, resolve(item)]);
  return {
    Resources: Object.fromEntries(present(template.Resources)),
    Outputs: Object.fromEntries(present(template.Outputs)),
  };
}

/** As CloudFormation would take it: references are intrinsic functions again. */
export function deployable({ Resources, Outputs }: Resolved): Json {
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
