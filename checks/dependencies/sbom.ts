import type { Unit } from './deployed.ts';
import { CheckError } from './errors.ts';
import { type Installed, titleOf } from './installed.ts';
import { npmJson } from './npm.ts';

/** Ours, in the form that CycloneDX asks of names that are not registered ("Property Taxonomy"). */
const DEPLOYED_IN = 'salesforce-eventbridge:deployed-in';

/** npm names components as people do: `name@version`. */
type UnitsOf = (title: string) => readonly string[];

export function unitsByTitle(packages: readonly Installed[], units: readonly Unit[]): UnitsOf {
  const folders = Map.groupBy(packages, titleOf);
  return (title) => {
    const own = folders.get(title) ?? [];
    const holding = units.filter((unit) => own.some(({ folder }) => unit.packages.has(folder)));
    return holding.map(({ name }) => name);
  };
}

function withUnits(component: unknown, unitsOf: UnitsOf): unknown {
  const { properties = [], ...others } = Object(component);
  const names = unitsOf(String(others['bom-ref']));
  if (names.length === 0) return component;
  const deployed = { name: DEPLOYED_IN, value: names.join(', ') };
  return { ...others, properties: [...properties, deployed] };
}

/**
 * npm's bill of materials, in which each component that is deployed says where.
 *
 * @param name the project's: npm takes the folder's.
 * @throws CheckError where it is none.
 */
export function annotate(bom: unknown, name: string, unitsOf: UnitsOf): unknown {
  const { metadata, components, ...others } = Object(bom);
  if (!Array.isArray(components))
    throw new CheckError('npm made no bill of materials: `npm ls --all` says what it minds');
  const component = { ...metadata.component, name };
  return {
    ...others,
    metadata: { ...metadata, component },
    components: components.map((one) => withUnits(one, unitsOf)),
  };
}

/**
 * The software bill of materials of all that is locked, in CycloneDX' JSON.
 *
 * @throws CheckError where npm does not make it.
 */
export async function sbom(name: string, unitsOf: UnitsOf): Promise<unknown> {
  const { output } = await npmJson(['sbom', '--sbom-format=cyclonedx', '--sbom-type=application']);
  return annotate(output, name, unitsOf);
}
