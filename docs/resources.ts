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

/** docs/resources.md: what CloudFormation makes of the template, with SAM's resources expanded and conditions decided. */
export const resourcesPage = (): string =>
  [
    '# Resources',
    '',
    'Made from the translated `template.yaml` by `npm run docs`, for the sets of parameters that the tests deploy on paper.',
    'CloudFormation takes 500 resources, 200 parameters and 200 outputs ("AWS CloudFormation quotas").',
    '',
    '| deployment | resources | alarms among them | outputs |',
    '|---|---|---|---|',
    ...setNames.map(row),
    '',
    '## Everything, by type',
    '',
    '| type | |',
    '|---|---|',
    ...byType('everything'),
    '',
  ].join('\n');
