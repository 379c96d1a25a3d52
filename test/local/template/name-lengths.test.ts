import { describe, expect, it } from 'vitest';
import { derivedNames, nameLengthProblems } from '../../../local/template/name-lengths.ts';
import { readTemplate } from '../../../local/template/source.ts';
import { ofType, template as translated } from '../../template/template.ts';

const template = readTemplate('template.yaml');
const problems = (length: number): string =>
  nameLengthProblems(template, {}, 's'.repeat(length)).join();

describe('derivedNames', () => {
  it('knows the limit of every name that the template sets', () => {
    // A function's name is a reference in other resources, and no function is named.
    expect(JSON.stringify(ofType('AWS::Lambda::Function'))).not.toContain('"FunctionName"');
    const named = Object.entries(translated.Resources).flatMap(([id, { Properties, Type }]) => {
      const names = Object.keys(Properties ?? {}).filter((key) =>
        /^(Name|LogGroupName|DashboardName|AlarmName|ArchiveName|RoleName|QueueName|BucketName|TableName)$/.test(
          key,
        ),
      );
      return names.length > 0 && Type !== 'AWS::Lambda::LayerVersion' ? [id] : [];
    });
    const known = derivedNames(template, {}, 'stack').map(({ logicalId }) => logicalId);
    // The bus of a partner has the partner event source's name, which is empty by default.
    expect(known.toSorted()).toEqual(named.toSorted());
  });
});

describe('nameLengthProblems', () => {
  it('accepts a stack name of 41 characters', () => {
    expect(problems(41)).toBe('');
  });

  it.each([
    [42, 65],
    [64, 87],
  ])(
    'refuses a stack name of %i characters, and says by how much to shorten it',
    (length, name) => {
      expect(problems(length)).toContain(`has ${length} characters`);
      expect(problems(length)).toContain(`${name} characters of at most 64`);
      expect(problems(length)).toContain('at most 41 characters');
    },
  );

  it.each(['', '1stack', 'a_b', 's'.repeat(129)])('refuses the stack name "%s"', (name) => {
    expect(nameLengthProblems(template, {}, name).join()).toContain('must start with a letter');
  });

  it('checks only the resources that it is asked about', () => {
    const name = 's'.repeat(50);
    expect(nameLengthProblems(template, {}, name, new Set(['ApiCallRule']))).toEqual([]);
    expect(
      nameLengthProblems(template, {}, name, new Set(['PlatformEventRedriveRule'])),
    ).toHaveLength(1);
  });
});
