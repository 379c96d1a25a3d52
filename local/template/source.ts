import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CollectionTag, parse, Scalar, type ScalarTag, YAMLMap } from 'yaml';
import { root } from '../stack/paths.ts';
import { constraintsOf, nameProblem } from './constraints.ts';
import type { Json } from './json.ts';
import { resolveTemplate, toValue } from './resolve.ts';

/** A template as it is written: before SAM's transform, with its intrinsic functions in full form. */
export interface SourceTemplate {
  readonly Parameters: Readonly<Record<string, Json>>;
  readonly Rules?: Readonly<Record<string, Json>>;
  readonly Conditions?: Json;
  readonly Mappings?: Json;
  readonly Resources: Readonly<Record<string, Json>>;
}

/** The short forms of intrinsic functions ("Intrinsic function reference"). */
const SHORT_FORMS = [
  'And',
  'Base64',
  'Cidr',
  'Contains',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Not',
  'Or',
  'Ref',
  'Select',
  'Split',
  'Sub',
  'Condition',
] as const;

const fullName = (name: string): string =>
  name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;

/** `!GetAtt A.B` is short for the path as a list. */
const operandOf = (name: string, text: string): unknown =>
  name === 'GetAtt' ? text.split(/\.(.*)/s, 2) : text;

const scalarTag = (name: string): ScalarTag => ({
  tag: `!${name}`,
  resolve: (text) => new Scalar({ [fullName(name)]: operandOf(name, text) }),
});

const collectionTag = (name: string, collection: 'seq' | 'map'): CollectionTag => ({
  tag: `!${name}`,
  collection,
  resolve: (node) => {
    const map = new YAMLMap();
    map.set(fullName(name), node);
    return map;
  },
});

const customTags = SHORT_FORMS.flatMap((name) => [
  scalarTag(name),
  collectionTag(name, 'seq'),
  collectionTag(name, 'map'),
]);

const templates = new Map<string, SourceTemplate>();

/**
 * Reads a template of this project. The only source of the parameters' names, defaults and constraints.
 *
 * @param file relative to the project.
 */
export function readTemplate(file: 'template.yaml' | 'destinations/http.yaml'): SourceTemplate {
  const known = templates.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(join(root, file), 'utf8');
  const template: SourceTemplate = parse(text, { customTags, merge: true });
  templates.set(file, template);
  return template;
}

type Values = Readonly<Record<string, string>>;

/** What CloudFormation would refuse about these parameters, one sentence each: names, values, and the template's rules. */
export const parameterProblems = (template: SourceTemplate, values: Values): readonly string[] =>
  resolveTemplate(template, values).refusals;

/** What is wrong with these values alone: their names, and their constraints. */
export const valueProblems = ({ Parameters }: SourceTemplate, values: Values): string[] =>
  Object.entries(values).flatMap(([name, value]) => {
    const definition = Parameters[name];
    if (definition === undefined) return nameProblem(name, Object.keys(Parameters));
    return constraintsOf(name, definition, toValue(definition, value));
  });
