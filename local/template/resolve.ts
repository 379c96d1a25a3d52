import { constraintsOf, nameProblem } from './constraints.ts';
import { fields, type Json, list } from './json.ts';

/** A template with its parameters filled in: the resources that CloudFormation would create, or why it would refuse. */
export interface Resolved {
  /** Resources whose condition holds, intrinsic functions resolved. */
  readonly resources: Readonly<Record<string, Json>>;
  readonly outputs: Readonly<Record<string, Json>>;
  /** Parameter constraints and `Rules` assertions that fail. */
  readonly refusals: readonly string[];
}

export interface Source {
  readonly Parameters: Readonly<Record<string, Json>>;
  readonly Rules?: Readonly<Record<string, Json>>;
  readonly Conditions?: Json;
  readonly Mappings?: Json;
  readonly Resources: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** The text for a reference to a resource or to an attribute (`Id.Attribute`) in the resolved template. */
type Reference = (name: string) => string;

type Parameters = Readonly<Record<string, string>>;

export const pseudo: Parameters = {
  'AWS::StackName': 'stack',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '000000000000',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

const isFields = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** "AWS::NoValue removes the property" (CloudFormation, "Pseudo parameters reference"). */
const NO_VALUE = Symbol('AWS::NoValue');

/** The value of a parameter as intrinsic functions see it: the default when none is given, and a list in its members. */
export const toValue = (definition: Json, given: string | undefined): unknown => {
  const value = String(given ?? definition['Default']);
  const isList = definition['Type'] === 'CommaDelimitedList';
  return isList ? value.split(',').map((item) => item.trim()) : value;
};

type Resolve = (value: unknown) => unknown;
type Intrinsic = (operand: unknown, resolve: Resolve) => unknown;

const texts = (values: unknown): string[] => list(values).map(String);

function substitute(operand: unknown, resolve: Resolve): string {
  const [text, own] = list(operand);
  const values = fields(own);
  return String(text).replaceAll(/\$\{([^}!]+)\}/g, (_, name: string) => {
    if (name in values) return String(resolve(values[name]));
    const [id = '', ...attribute] = name.split('.');
    if (attribute.length === 0) return String(resolve({ Ref: id }));
    return String(resolve({ 'Fn::GetAtt': [id, attribute.join('.')] }));
  });
}

function lookUp(source: Source, operand: unknown, resolve: Resolve): unknown {
  return texts(list(operand).map(resolve)).reduce<unknown>(
    (tree, key) => fields(tree)[key],
    source.Mappings,
  );
}

/** The intrinsic functions that this project's templates use. */
function intrinsics(
  source: Source,
  values: Json,
  reference: Reference,
): Readonly<Record<string, Intrinsic>> {
  const isTrue = (condition: unknown, resolve: Resolve): boolean =>
    typeof condition === 'string'
      ? resolve(fields(source.Conditions)[condition]) === true
      : resolve(condition) === true;
  return {
    Ref: (name) => {
      if (name === 'AWS::NoValue') return NO_VALUE;
      return values[String(name)] ?? reference(String(name));
    },
    Condition: (name, resolve) => isTrue(name, resolve),
    'Fn::GetAtt': (path) => reference(texts(path).join('.')),
    'Fn::Sub': substitute,
    'Fn::If': (operand, resolve) => {
      const [condition, yes, no] = list(operand);
      return resolve(isTrue(condition, resolve) ? yes : no);
    },
    'Fn::Equals': (operand, resolve) => {
      const [left, right] = texts(list(operand).map(resolve));
      return left === right;
    },
    'Fn::Not': (operand, resolve) => !isTrue(list(operand)[0], resolve),
    'Fn::And': (operand, resolve) => list(operand).every((part) => isTrue(part, resolve)),
    'Fn::Or': (operand, resolve) => list(operand).some((part) => isTrue(part, resolve)),
    'Fn::Contains': (operand, resolve) => {
      const [items, item] = list(operand).map(resolve);
      return texts(items).includes(String(item));
    },
    'Fn::Join': (operand, resolve) => {
      const [separator, items] = list(operand);
      return texts(resolve(items)).join(String(separator));
    },
    'Fn::Select': (operand, resolve) => {
      const [index, items] = list(operand);
      return list(resolve(items))[Number(index)];
    },
    'Fn::Split': (operand, resolve) => {
      const [separator, text] = list(operand);
      return String(resolve(text)).split(String(separator));
    },
    'Fn::FindInMap': (operand, resolve) => lookUp(source, operand, resolve),
  };
}

function createResolve(source: Source, values: Json, reference: Reference): Resolve {
  const functions = intrinsics(source, values, reference);
  const resolve: Resolve = (value) => {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== NO_VALUE);
    if (!isFields(value)) return value;
    const [[name = '', operand] = [], ...others] = Object.entries(value);
    const intrinsic = others.length === 0 ? functions[name] : undefined;
    if (intrinsic) return intrinsic(operand, resolve);
    const entries = Object.entries(value).map(([key, inner]) => [key, resolve(inner)] as const);
    return Object.fromEntries(entries.filter(([, inner]) => inner !== NO_VALUE));
  };
  return resolve;
}

function failedAssertions(source: Source, resolve: Resolve): string[] {
  return Object.values(source.Rules ?? {}).flatMap(({ RuleCondition, Assertions }) => {
    if (RuleCondition !== undefined && resolve(RuleCondition) !== true) return [];
    const failed = list(Assertions).filter((one) => resolve(fields(one)['Assert']) !== true);
    return failed.map((one) => String(fields(one)['AssertDescription']));
  });
}

/**
 * Resolves a template with `parameters` and the defaults of all others.
 *
 * @param reference the text for a reference to a resource; by default its logical id.
 * @param pseudoParameters override those of `pseudo`.
 */
export function resolveTemplate(
  source: Source,
  parameters: Parameters,
  reference: Reference = (name) => name,
  pseudoParameters: Parameters = {},
): Resolved {
  const names = Object.keys(source.Parameters);
  const definitions = Object.entries(source.Parameters);
  const given = Object.fromEntries(
    definitions.map(([name, definition]) => [name, toValue(definition, parameters[name])]),
  );
  const values = { ...pseudo, ...pseudoParameters, ...given };
  const resolve = createResolve(source, values, reference);
  const present = (all: Readonly<Record<string, unknown>> = {}) =>
    Object.fromEntries(
      Object.entries(all).flatMap(([id, one]) => {
        const { Condition, ...rest } = fields(one);
        const isPresent = Condition === undefined || resolve({ Condition }) === true;
        return isPresent ? [[id, fields(resolve(rest))] as const] : [];
      }),
    );
  return {
    resources: present(source.Resources),
    outputs: present(source.Outputs),
    refusals: [
      ...Object.keys(parameters).flatMap((name) => nameProblem(name, names)),
      ...definitions.flatMap(([name, definition]) => constraintsOf(name, definition, given[name])),
      ...failedAssertions(source, resolve),
    ],
  };
}
