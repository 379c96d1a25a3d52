import { readEnabledMappings } from '../../../build/mappings/enabled.ts';
import { MappingsError } from '../../../build/mappings/errors.ts';
import { membersOf } from '../../../functions/common/config.ts';
import type { Mapping } from '../../../functions/salesforce-apicall/mapping/definition.ts';
import { uncovered } from '../../../functions/salesforce-apicall/mapping/select.ts';
import { type Finding, failed, ok } from '../finding.ts';
import type { Inventory } from '../inventory.ts';

const WHAT = 'mappings';

/** Whether MappingRule sends the events of every enabled mapping, by the files of this folder. */
export async function checkMappings({ parameters }: Inventory): Promise<Finding[]> {
  try {
    return coverage(await readEnabledMappings(parameters, '.'), parameters);
  } catch (error) {
    if (!(error instanceof MappingsError)) throw error;
    const remedy =
      "Run npm run doctor in the project that was deployed, or correct Mappings in the environment's file";
    return [failed(WHAT, error.message, remedy)];
  }
}

function coverage(
  mappings: readonly Mapping[],
  parameters: Readonly<Record<string, string>>,
): Finding[] {
  if (mappings.length === 0) return [ok(WHAT, 'none is enabled (Mappings)')];
  const types = {
    sources: new Set(membersOf(parameters['MappedSources'] ?? '')),
    detailTypes: new Set(membersOf(parameters['MappedDetailTypes'] ?? '')),
  };
  const names = mappings.map(({ name }) => name).join(', ');
  const missing = uncovered(mappings, types).map((name) =>
    failed(
      `mapping ${name}`,
      'MappingRule does not send all of its events: a source or detail-type is missing in MappedSources or MappedDetailTypes',
      'npm run deploy, which sets both, or add what is missing',
    ),
  );
  return missing.length > 0 ? missing : [ok(WHAT, `MappingRule sends the events of ${names}`)];
}
