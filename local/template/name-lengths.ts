import { fields, type Json } from './json.ts';
import { resolveTemplate } from './resolve.ts';
import type { SourceTemplate } from './source.ts';

/**
 * The maximum length of the names that a template sets itself, from the API references of EventBridge, EventBridge
 * Scheduler, CloudWatch and CloudWatch Logs. CloudFormation shortens the names that it generates.
 */
const LIMITS: Readonly<Record<string, { readonly property: string; readonly limit: number }>> = {
  'AWS::CloudWatch::Alarm': { property: 'AlarmName', limit: 255 },
  'AWS::CloudWatch::CompositeAlarm': { property: 'AlarmName', limit: 255 },
  'AWS::CloudWatch::Dashboard': { property: 'DashboardName', limit: 255 },
  'AWS::Events::ApiDestination': { property: 'Name', limit: 64 },
  'AWS::Events::Archive': { property: 'ArchiveName', limit: 48 },
  'AWS::Events::Connection': { property: 'Name', limit: 64 },
  'AWS::Events::EventBus': { property: 'Name', limit: 256 },
  'AWS::Events::Rule': { property: 'Name', limit: 64 },
  'AWS::Logs::LogGroup': { property: 'LogGroupName', limit: 512 },
  'AWS::Logs::QueryDefinition': { property: 'Name', limit: 255 },
  'AWS::Scheduler::Schedule': { property: 'Name', limit: 64 },
  'AWS::Scheduler::ScheduleGroup': { property: 'Name', limit: 64 },
};

/** A name that a template derives from the stack's name or a parameter. */
export interface DerivedName {
  readonly logicalId: string;
  readonly type: string;
  readonly name: string;
  readonly limit: number;
}

type Values = Readonly<Record<string, string>>;

const unconditional = (resource: Json): Json =>
  Object.fromEntries(Object.entries(resource).filter(([key]) => key !== 'Condition'));

const withoutConditions = (template: SourceTemplate): SourceTemplate => ({
  ...template,
  Resources: Object.fromEntries(
    Object.entries(template.Resources).map(([id, one]) => [id, unconditional(one)]),
  ),
});

/** The names that the template derives, with those of resources whose condition is false: it can become true later. */
export function derivedNames(
  template: SourceTemplate,
  values: Values,
  stackName: string,
): DerivedName[] {
  const pseudo = { 'AWS::StackName': stackName };
  const all = resolveTemplate(withoutConditions(template), values, undefined, pseudo);
  return Object.entries(all.resources).flatMap(([logicalId, { Type, Properties }]) => {
    const known = LIMITS[String(Type)];
    const name = known === undefined ? undefined : fields(Properties)[known.property];
    if (known === undefined || typeof name !== 'string') return [];
    return [{ logicalId, type: String(Type), name, limit: known.limit }];
  });
}

/** "A stack name … must start with an alphabetical character and can't be longer than 128 characters" (CreateStack). */
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/**
 * The derived names that AWS would refuse, the worst first, in one sentence that says by how much to shorten.
 *
 * @param only logical ids to check; all by default.
 */
export function nameLengthProblems(
  template: SourceTemplate,
  values: Values,
  stackName: string,
  only?: ReadonlySet<string>,
): string[] {
  if (!STACK_NAME.test(stackName))
    return [
      `The stack name "${stackName}" must start with a letter, and have at most 128 letters, digits and hyphens`,
    ];
  const excess = ({ name, limit }: DerivedName): number => name.length - limit;
  const [worst] = derivedNames(template, values, stackName)
    .filter(({ logicalId }) => only?.has(logicalId) ?? true)
    .filter((name) => excess(name) > 0)
    .toSorted((one, other) => excess(other) - excess(one));
  if (worst === undefined) return [];
  const { limit, logicalId, name, type } = worst;
  const longest = stackName.length - excess(worst);
  return [
    `The stack name ${stackName} has ${stackName.length} characters: the name of ${logicalId} (${type}) would be ${name}, ` +
      `${name.length} characters of at most ${limit}. Shorten the stack name to at most ${longest} characters`,
  ];
}
