import { resolvedSet, setNames } from '../test/template/sets.ts';

const ALARM = /^AWS::CloudWatch::(Composite)?Alarm$/;

const typesOf = (set: string): string[] =>
  Object.values(resolvedSet(set).Resources).map(({ Type }) => Type);

const row = (set: string): string => {
  const types = typesOf(set);
  const alarms = types.filter((type) => ALARM.test(type)).length;
  const outputs = Object.keys(resolvedSet(set).Outputs).length;
  return `| ${set} | ${types.length} | ${alarms} | ${outputs} |`;
};

const byType = (set: string): string[] =>
  Object.entries(Object.groupBy(typesOf(set), (type) => type))
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([type, all = []]) => `| \`${type}\` | ${all.length} |`);

/** docs/resources.md: the resources that CloudFormation creates, with SAM's resources expanded and conditions evaluated. */
export const resourcesPage = (): string =>
  [
    '# Resources',
    '',
    'Generated from the translated `template.yaml` by `npm run docs`, for the parameter sets that the tests resolve.',
    'CloudFormation allows 500 resources, 200 parameters and 200 outputs per stack ("AWS CloudFormation quotas").',
    '',
    '| deployment | resources | of which alarms | outputs |',
    '|---|---|---|---|',
    ...setNames.map(row),
    '',
    '## `everything`, by type',
    '',
    '| type | resources |',
    '|---|---|',
    ...byType('everything'),
    '',
  ].join('\n');
