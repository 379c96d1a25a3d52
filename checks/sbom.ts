import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { paths, root } from '../local/stack/paths.ts';
import { deployedUnits, type Unit } from './deployed.ts';

/** A property name of our own, in the form that CycloneDX asks for unregistered names ("Property Taxonomy"). */
const DEPLOYED_IN = 'salesforce-eventbridge:deployed-in';

/** `name@version`, which is how npm identifies a component. */
async function titleOf(folder: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  return `${name}@${version}`;
}

/** `name@version` → names of the units that hold code of it. */
async function unitsByTitle(units: readonly Unit[]): Promise<ReadonlyMap<string, Set<string>>> {
  const byTitle = new Map<string, Set<string>>();
  for (const { name, packages } of units) {
    for (const folder of packages) {
      const title = await titleOf(folder);
      byTitle.set(title, (byTitle.get(title) ?? new Set()).add(name));
    }
  }
  return byTitle;
}

/**
 * npm's own bill of materials (CycloneDX) of everything in the lock file, in which each deployed component names the
 * units that hold code of it.
 *
 * @throws ExecaError when npm cannot make one, for example because node_modules does not match the lock file.
 */
async function createSbom(units: readonly Unit[]): Promise<unknown> {
  const { stdout } = await execa(
    'npm',
    ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application'],
    { cwd: root },
  );
  const { name } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const { metadata, components, ...others } = JSON.parse(stdout);
  const byTitle = await unitsByTitle(units);
  for (const component of components) {
    const names = byTitle.get(component['bom-ref']);
    if (names === undefined) continue;
    component.properties = [
      ...(component.properties ?? []),
      { name: DEPLOYED_IN, value: [...names].join(', ') },
    ];
  }
  // npm names the root component after the folder.
  return {
    ...others,
    metadata: { ...metadata, component: { ...metadata.component, name } },
    components,
  };
}

const file = resolve(process.argv[2] ?? join(paths.local, 'sbom.cdx.json'));
process.chdir(root);
const { layer, functions } = await deployedUnits();
await mkdir(dirname(file), { recursive: true });
await writeFile(file, `${JSON.stringify(await createSbom([layer, ...functions]), undefined, 2)}\n`);
console.log(`Bill of materials (CycloneDX): ${file}`);
