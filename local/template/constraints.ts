import leven, { closestMatch } from 'leven';
import { type Json, list } from './json.ts';

/** Names further apart than this share of their length are not suggested. */
const MAX_DIFFERENCE = 0.4;

/** The candidate that is most like `text`, if one is similar enough to be what was meant. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const lower = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]));
  const match = closestMatch(text.toLowerCase(), [...lower.keys()]);
  if (match === undefined) return undefined;
  const difference = leven(text.toLowerCase(), match) / Math.max(text.length, match.length);
  return difference <= MAX_DIFFERENCE ? lower.get(match) : undefined;
}

/** `: did you mean X?` for the candidate that is most like `text`, else nothing. */
export function suggestion(text: string, candidates: readonly string[]): string {
  const match = nearest(text, candidates);
  return match === undefined ? '' : `: did you mean ${match}?`;
}

/** Why a parameter can't have this name: the template doesn't have it. */
export const nameProblem = (name: string, names: readonly string[]): string[] =>
  names.includes(name) ? [] : [`There is no parameter ${name}${suggestion(name, names)}`];

/** The allowed value closest to `value`: the closest number, or the text that is most like it. */
function nearestValue(value: string, allowed: readonly string[]): string {
  const number = Number(value);
  if (value === '' || Number.isNaN(number) || allowed.some((one) => Number.isNaN(Number(one))))
    return suggestion(value, allowed);
  const distance = (one: string): number => Math.abs(Number(one) - number);
  const closest = allowed.toSorted((one, other) => distance(one) - distance(other))[0];
  return `: the closest is ${closest}`;
}

function rangeProblem(value: string, { MinValue, MaxValue }: Json): string | undefined {
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) return 'must be a number';
  if (MinValue !== undefined && number < Number(MinValue)) return `must be at least ${MinValue}`;
  if (MaxValue !== undefined && number > Number(MaxValue)) return `must be at most ${MaxValue}`;
  return undefined;
}

function valueProblem(value: string, definition: Json): string | undefined {
  const { AllowedPattern, AllowedValues, ConstraintDescription, Type } = definition;
  if (AllowedValues !== undefined) {
    const allowed = list(AllowedValues).map(String);
    if (allowed.includes(value)) return undefined;
    return `must be one of ${allowed.join(', ')}${nearestValue(value, allowed)}`;
  }
  const isMatch = AllowedPattern === undefined || new RegExp(`^(?:${AllowedPattern})$`).test(value);
  if (!isMatch) return String(ConstraintDescription ?? `must match ${AllowedPattern}`);
  return Type === 'Number' ? rangeProblem(value, definition) : undefined;
}

/**
 * How a parameter's value violates its definition, as CloudFormation checks it: each member of a list on its own.
 *
 * @param value `undefined` as text when the parameter has neither a value nor a default.
 * @returns sentences that name the parameter and what it must be, and never the
 *   value of a parameter for a secret, in whose place somebody may have put the secret itself.
 */
export function constraintsOf(name: string, definition: Json, value: unknown): string[] {
  if (value === 'undefined') return [`${name} has no value`];
  const problems = list(value).flatMap((item) => {
    const problem = valueProblem(String(item), definition);
    const shown = /Secret/.test(name) ? '' : ` "${item}"`;
    return problem === undefined ? [] : [`${name}${shown} ${problem.replace(/\.$/, '')}`];
  });
  return problems.slice(0, 1);
}
