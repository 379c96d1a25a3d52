import { membersOf } from '../../functions/common/config.ts';
import type { Mapping } from '../../functions/salesforce-apicall/mapping/definition.ts';
import { enabledMappings } from '../../functions/salesforce-apicall/mapping/select.ts';
import { compileMappings } from './read.ts';

type Parameters = Readonly<Record<string, string>>;

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
 * @throws Error naming mappings that there are not, or with the errors of the files.
 */
export async function withMappedTypes<Given extends Parameters>(
  parameters: Given,
  root: string,
): Promise<Given> {
  const names = membersOf(parameters['Mappings'] ?? '');
  if (names.length === 0) return parameters;
  const mappings = enabledMappings(await compileMappings(root), names);
  return mappings.length === 0 ? parameters : { ...typesOf(mappings), ...parameters };
}
