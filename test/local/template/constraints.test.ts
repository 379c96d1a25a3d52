import { describe, expect, it } from 'vitest';
import { nearest } from '../../../local/template/constraints.ts';
import { parameterProblems, readTemplate, valueProblems } from '../../../local/template/source.ts';
import { template as translated } from '../../template/template.ts';

const template = readTemplate('template.yaml');
const problem = (name: string, value: string): string =>
  valueProblems(template, { [name]: value }).join();

describe('the template as it is written', () => {
  it("has the same parameters, rules and conditions as SAM's translation", () => {
    expect(template.Parameters).toEqual(translated.Parameters);
    expect(template.Rules).toEqual(translated.Rules);
    expect(template.Conditions).toEqual(translated.Conditions);
  });

  it('accepts its own defaults', () => {
    expect(parameterProblems(template, {})).toEqual([]);
  });
});

describe('a parameter', () => {
  it.each([
    ['MaxAtempts', 'MaxAttempts'],
    ['maxattempts', 'MaxAttempts'],
    ['GithubWebhookSecretARN', 'GitHubWebhookSecretArn'],
    ['AlarmTopic', 'AlarmTopicArn'],
  ])('that does not exist is refused with the nearest: %s', (name, suggestion) => {
    expect(problem(name, '1')).toBe(`There is no parameter ${name}: did you mean ${suggestion}?`);
  });

  it('that resembles none is refused without a suggestion', () => {
    expect(problem('Foo', 'bar')).toBe('There is no parameter Foo');
  });

  it.each([
    ['MaxAttempts', '4', 'must be one of 1, 2, 3, 5, 8, 10: the closest is 3'],
    ['LogRetentionDays', '10', 'the closest is 7'],
    ['AuthFlow', 'JWT', 'must be one of jwt, client_credentials, password: did you mean jwt?'],
    ['BatchSize', '2000', 'BatchSize "2000" must be at most 1000'],
    ['BatchSize', '0', 'BatchSize "0" must be at least 1'],
    ['BatchSize', 'many', 'BatchSize "many" must be a number'],
    ['BatchSize', '', 'BatchSize "" must be a number'],
    ['EventBusName', 'a b', 'EventBusName "a b" must be the name of an event bus'],
  ])('%s refuses %s', (name, value, expected) => {
    expect(problem(name, value)).toContain(expected);
  });

  it('for a secret never shows its value: it may be the secret itself', () => {
    expect(problem('GitHubWebhookSecretArn', 'canary')).toMatch(/must be the ARN/);
    expect(problem('GitHubWebhookSecretArn', 'canary')).not.toContain('canary');
  });

  it('that is a list is checked member by member', () => {
    expect(problem('ContactDetailTypes', 'a, b')).toBe('');
    expect(problem('ContactDetailTypes', `a,${'b'.repeat(129)}`)).toContain('detail-types');
  });
});

describe('nearest', () => {
  it('suggests what was probably meant, and nothing else', () => {
    expect(nearest('prodution', ['production', 'test'])).toBe('production');
    expect(nearest('staging', ['production', 'test'])).toBeUndefined();
    expect(nearest('anything', [])).toBeUndefined();
  });
});
