import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import satisfies from 'spdx-satisfies';
import { afterAll, describe, expect, it } from 'vitest';
import { deployedUnits, duplicates, packagesIn } from '../../checks/deployed.ts';
import { root } from '../../local/stack/paths.ts';
import manifest from '../../package.json' with { type: 'json' };

const out = mkdtempSync(join(tmpdir(), 'dependencies-test-'));
afterAll(() => rmSync(out, { recursive: true }));

/** Licences that ask for notices only: the stack may be deployed without publishing anything. */
const permissive = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Zlib',
];

/** Tools are run here and never distributed, so file-level copyleft and data that asks for attribution are fine. */
const forTools = [...permissive, 'MPL-2.0', 'CC-BY-3.0', 'CC-BY-4.0'];

/**
 * The IAM simulator of the tests is under the AGPL (docs/adr/0018-iam-checks.md). It is run, unchanged, on the developer's
 * machine; nothing of it is deployed or distributed.
 */
const simulator = ['iam-policy', 'iam-simulate', 'iam-utils'].map(
  (name) => `node_modules/@cloud-copilot/${name}`,
);

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
}

function isAllowed({ license = '' }: Locked, allowed: readonly string[]): boolean {
  try {
    // missing.css writes BSD-2-Clause with a space.
    return satisfies(license.replace('BSD 2-', 'BSD-2-'), allowed);
  } catch {
    return false; // No SPDX expression.
  }
}

/** The packages of a lock file, for all platforms, by their folders from its own. */
function packagesOf(lockFile: string): [folder: string, locked: Locked][] {
  const { packages } = JSON.parse(readFileSync(join(root, lockFile), 'utf8'));
  return Object.entries<Locked>(packages).filter(([folder]) => folder !== '');
}

const production = packagesOf('package-lock.json').filter(([, { dev = false }]) => !dev);

describe('licences', () => {
  it.each([
    ['MIT', true, true],
    ['(MIT OR GPL-3.0-only)', true, true],
    ['MIT AND ISC', true, true],
    ['BSD 2-Clause', true, true],
    ['MPL-2.0', false, true],
    ['MIT AND MPL-2.0', false, true],
    ['GPL-3.0-only', false, false],
    ['SEE LICENSE IN LICENSE.md', false, false],
    ['UNLICENSED', false, false],
    ['', false, false],
  ])('allow %s in production: %s, in tools: %s', (license, inProduction, inTools) => {
    const one = { license };
    expect([isAllowed(one, permissive), isAllowed(one, forTools)]).toEqual([inProduction, inTools]);
  });

  it('of production packages are permissive', () => {
    expect(production.length).toBeGreaterThan(Object.keys(manifest.dependencies).length);
    expect(production.filter(([, one]) => !isAllowed(one, permissive))).toEqual([]);
  });

  it.each([
    ['package-lock.json', simulator],
    ['test/mutation/stryker/package-lock.json', []],
    ['test/conformance/salesforce-core/package-lock.json', []],
    ['test/runtime/interface-client/package-lock.json', []],
  ])(
    'of all packages in %s, tools included, are permissive, weak copyleft or attribution, apart from %j',
    (lockFile, exceptions) => {
      const packages = packagesOf(lockFile);
      expect(packages.length).toBeGreaterThan(0);
      const others = packages.filter(([, one]) => !isAllowed(one, forTools));
      expect(others.map(([folder]) => folder)).toEqual(exceptions);
    },
  );

  it('other than permissive ones are of tools that are never deployed', () => {
    const folders = production.map(([folder]) => folder);
    expect(folders.filter((folder) => simulator.includes(folder))).toEqual([]);
  });
});

describe('what is deployed', () => {
  it('holds production packages only, each once for a function', async () => {
    const { layer, functions } = await deployedUnits();
    const folders = new Set(production.map(([folder]) => folder));
    const deployed = [layer, ...functions].flatMap(({ packages }) => [...packages]);
    expect(deployed.length).toBeGreaterThan(layer.packages.size);
    expect(deployed.filter((folder) => !folders.has(folder))).toEqual([]);
    expect(duplicates(layer, functions)).toEqual([]);
  });
});

describe('duplicates', () => {
  const unit = (name: string, ...packages: string[]) => ({
    name,
    packages: new Set(packages.map((one) => `node_modules/${one}`)),
  });

  it('are packages with two copies in one bundle', () => {
    expect(
      duplicates(unit('layer'), [unit('github-webhook', 'ajv', 'x/node_modules/ajv')]),
    ).toEqual([
      'ajv is in github-webhook twice: node_modules/ajv and node_modules/x/node_modules/ajv',
    ]);
  });

  it('are packages of the layer that a function bundles, by their full name', () => {
    const layer = unit('layer', '@aws-sdk/core', 'p-map');
    expect(duplicates(layer, [unit('a', 'core'), unit('b', 'y/node_modules/p-map')])).toEqual([
      'p-map is in the layer and in b',
    ]);
  });

  it('are not packages that two functions bundle', () => {
    expect(duplicates(unit('layer'), [unit('a', 'zod'), unit('b', 'zod')])).toEqual([]);
  });

  it('are not packages that esbuild removed from a bundle', () => {
    const inputs = {
      'node_modules/@a/b/index.js': { bytesInOutput: 1 },
      'node_modules/c/node_modules/d/e.js': { bytesInOutput: 2 },
      'node_modules/left-out/index.js': { bytesInOutput: 0 },
      'functions/common/bus.ts': { bytesInOutput: 3 },
    };
    const output = { bytes: 6, inputs, imports: [], exports: [] };
    expect([...packagesIn({ outputs: { 'index.mjs': output } })]).toEqual([
      'node_modules/@a/b',
      'node_modules/c/node_modules/d',
    ]);
  });
});

describe('package.json', () => {
  it('has no script that npm runs by itself after an installation', () => {
    const lifecycle = ['dependencies', 'install', 'prepare', 'preinstall', 'postinstall'];
    expect(Object.keys(manifest.scripts).filter((name) => lifecycle.includes(name))).toEqual([]);
  });
});

describe('the bill of materials', () => {
  it('names the project, and for each deployed package the function that holds it', () => {
    const file = join(out, 'bom.json');
    execFileSync(process.execPath, [join(root, 'checks/sbom.ts'), file]);
    const { bomFormat, components, metadata } = JSON.parse(readFileSync(file, 'utf8'));
    expect(bomFormat).toBe('CycloneDX');
    expect(metadata.component.name).toBe(manifest.name);
    const propertiesOf = (name: string) =>
      components.find((one: { name: string }) => one.name === name).properties;
    expect(propertiesOf('jsforce')).toContainEqual({
      name: 'salesforce-eventbridge:deployed-in',
      value: 'salesforce-apicall',
    });
    expect(propertiesOf('knip') ?? []).not.toContainEqual(
      expect.objectContaining({ name: 'salesforce-eventbridge:deployed-in' }),
    );
  });
});
