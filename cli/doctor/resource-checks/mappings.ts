import { compileMappings } from '../../../build/mappings/read.ts';
import { membersOf } from '../../../functions/common/config.ts';
import {
  enabledMappings,
  uncovered,
} from '../../../functions/salesforce-apicall/mapping/select.ts';
import { type Finding, failed, ok } from '../finding.ts';
import type { Inventory } from '../inventory.ts';

/** Whether MappingRule sends the events of every enabled mapping, by the files of this folder. */
export async function checkMappings({ parameters }: Inventory): Promise<Finding[]> {
  const names = membersOf(parameters['Mappings'] ?? '');
  if (names.length === 0) return [ok('mappings', 'none is enabled (Mappings)')];
  const mappings = enabledMappings(await compileMappings('.'), names);
  const types = {
    sources: new Set(membersOf(parameters['MappedSources'] ?? '')),
    detailTypes: new Set(membersOf(parameters['MappedDetailTypes'] ?? '')),
  };
  const findings = uncovered(mappings, types).map((name) =>
    failed(
      `mapping ${name}`,
      'MappingRule does not send all of its events: a source or detail-type is missing in MappedSources or MappedDetailTypes',
      'npm run deploy, which sets both, or add what is missing',
    ),
  );
  return findings.length > 0
    ? findings
    : [
        ok(
          'mappings',
          `MappingRule sends the events of ${mappings.map(({ name }) => name).join(', ')}`,
        ),
      ];
}
