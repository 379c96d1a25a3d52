import { membersOf } from '../../functions/common/config.ts';
import type { Mapping } from '../../functions/salesforce-apicall/mapping/definition.ts';
import { enabledMappings } from '../../functions/salesforce-apicall/mapping/select.ts';
import { MappingsError } from './errors.ts';
import { compileMappings } from './read.ts';
import { instead } from './suggest.ts';

type Parameters = Readonly<Record<string, string>>;

/**
 * The mappings that the parameter `Mappings` switches on, by the files of a project.
 *
 * @param root the project's folder.
 * @throws MappingsError naming mappings that there are not, or with the errors of the files.
 */
export async function readEnabledMappings(
  { Mappings = '' }: Parameters,
  root: string,
): Promise<readonly Mapping[]> {
  const names = membersOf(Mappings);
  if (names.length === 0) return [];
  const all = await compileMappings(root);
  const known = all.map(({ name }) => name);
  const unknown = names.find((name) => name !== '*' && !known.includes(name));
  if (unknown === undefined) return enabledMappings(all, names);
  throw new MappingsError(
    `Mappings names ${unknown}, and there is no mappings/${unknown}.yaml${instead(unknown, known)}`,
  );
}

const listOf = (values: readonly string[]): string => [...new Set(values)].toSorted().join(',');

/** The parameters of MappingRule for mappings: with these, it sends the events of all of them, and few others. */
const typesOf = (mappings: readonly Mapping[]): Parameters => ({
  MappedSources: listOf(mappings.flatMap(({ on }) => on.source)),
  MappedDetailTypes: listOf(mappings.flatMap(({ on }) => on['detail-type'])),
});

/**
 * The parameters with `MappedSources` and `MappedDetailTypes` of the mappings that `Mappings` enables, unless they are given.
 *
 * @param root the project's folder, which has their files.
 * @throws MappingsError as `readEnabledMappings`.
 */
export async function withMappedTypes<Given extends Parameters>(
  parameters: Given,
  root: string,
): Promise<Given> {
  const mappings = await readEnabledMappings(parameters, root);
  return mappings.length === 0 ? parameters : { ...typesOf(mappings), ...parameters };
}
