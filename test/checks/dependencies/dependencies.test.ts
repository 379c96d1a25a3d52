import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packagesIn } from '../../../checks/dependencies/deployed.ts';
import { duplicates } from '../../../checks/dependencies/duplicates.ts';
import type { Installed } from '../../../checks/dependencies/installed.ts';
import { byLicence, refusedLicences } from '../../../checks/dependencies/licences.ts';
import { exitCodeOf, toText } from '../../../checks/dependencies/report.ts';
import { annotate, unitsByTitle } from '../../../checks/dependencies/sbom.ts';
import { unused } from '../../../checks/dependencies/unused.ts';
import { root } from '../../../local/stack/paths.ts';
import manifest from '../../../package.json' with { type: 'json' };

const out = mkdtempSync(join(tmpdir(), 'dependencies-test-'));
afterAll(() => rmSync(out, { recursive: true }));

const installed = (name: string, licence: string): Installed => ({
  name,
  version: '1.0.0',
  licence,
  folder: `node_modules/${name}`,
});

const unit = (name: string, ...packages: string[]) => ({
  name,
  packages: new Set(packages.map((one) => `node_modules/${one}`)),
});

describe('licences', () => {
  const refused = (licence: string, isDeployed: boolean) =>
    refusedLicences([installed('one', licence)], () => isDeployed).length > 0;

  it.each([
    ['MIT', false, false],
    ['(MIT OR GPL-3.0-only)', false, false],
    ['MIT AND ISC', false, false],
    ['MPL-2.0', true, false],
    ['MIT AND MPL-2.0', true, false],
    ['GPL-3.0-only', true, true],
    ['SEE LICENSE IN LICENSE.md', true, true],
    ['UNLICENSED', true, true],
    ['', true, true],
  ])('%s is refused where deployed: %s, as a tool: %s', (licence, whereDeployed, asTool) => {
    expect([refused(licence, true), refused(licence, false)]).toEqual([whereDeployed, asTool]);
  });

  it('that are refused are named with their package', () => {
    expect(refusedLicences([installed('one', 'AGPL-3.0-only')], () => true)).toEqual([
      expect.stringMatching(/^one@1\.0\.0 \(deployed\) has the licence AGPL-3\.0-only: allowed/),
    ]);
  });

  it('are listed by how many have them', () => {
    const packages = [installed('c', 'ISC'), installed('b', 'MIT'), installed('a', 'MIT')];
    expect(byLicence(packages)).toEqual([
      ['MIT', ['a@1.0.0', 'b@1.0.0']],
      ['ISC', ['c@1.0.0']],
    ]);
  });
});

describe('duplicates', () => {
  it('are packages of which two versions are in one bundle', () => {
    expect(
      duplicates(unit('layer'), [unit('github-webhook', 'ajv', 'x/node_modules/ajv')]),
    ).toEqual([
      'ajv is in github-webhook twice: node_modules/ajv and node_modules/x/node_modules/ajv',
    ]);
  });

  it('are packages of the layer that a function bundles, by their whole name', () => {
    const layer = unit('layer', '@aws-sdk/core', 'p-map');
    expect(duplicates(layer, [unit('a', 'core'), unit('b', 'y/node_modules/p-map')])).toEqual([
      'p-map is in the layer and in b',
    ]);
  });

  it('are none where two functions bundle the same', () => {
    expect(duplicates(unit('layer'), [unit('a', 'zod'), unit('b', 'zod')])).toEqual([]);
  });

  it('are not what a bundle has looked at and left out', () => {
    const inputs = {
      'node_modules/@a/b/index.js': { bytesInOutput: 1 },
      'node_modules/c/node_modules/d/e.js': { bytesInOutput: 2 },
      'node_modules/left-out/index.js': { bytesInOutput: 0 },
      'functions/common/events/event-bus.ts': { bytesInOutput: 3 },
    };
    const output = { bytes: 6, inputs, imports: [], exports: [] };
    expect([...packagesIn({ outputs: { 'index.mjs': output } })]).toEqual([
      'node_modules/@a/b',
      'node_modules/c/node_modules/d',
    ]);
  });
});

describe('the bill of materials', () => {
  it('says of each component where it is deployed', () => {
    const packages = [installed('jsforce', 'MIT'), installed('knip', 'ISC')];
    const unitsOf = unitsByTitle(packages, [unit('layer'), unit('salesforce-apicall', 'jsforce')]);
    const components = [
      { 'bom-ref': 'jsforce@1.0.0', properties: [] },
      { 'bom-ref': 'knip@1.0.0' },
    ];
    const metadata = { component: { name: 'a-folder' } };
    const value = 'salesforce-apicall';
    expect(annotate({ components, metadata }, 'a-project', unitsOf)).toEqual({
      metadata: { component: { name: 'a-project' } },
      components: [
        {
          'bom-ref': 'jsforce@1.0.0',
          properties: [{ name: 'salesforce-eventbridge:deployed-in', value }],
        },
        { 'bom-ref': 'knip@1.0.0' },
      ],
    });
  });

  it('is not made of an error', () => {
    expect(() => annotate({ error: { code: 'ESBOMPROBLEMS' } }, 'a', () => [])).toThrow(/npm ls/);
  });
});

describe('what a check has found', () => {
  const none = { title: 'A check', problems: [], notes: ['a note'] };
  const bad = { ...none, problems: ['a problem'] };
  const open = { ...none, notMade: 'the reason' };

  it('decides what the command ends with', () => {
    expect([[none], [none, open], [open, bad]].map(exitCodeOf)).toEqual([0, 2, 1]);
  });

  it('is told, problems before notes', () => {
    expect([none, bad, open].map(toText)).toEqual([
      'A check: ok\n  a note',
      'A check: 1 to mend\n  a problem\n  a note',
      'A check: not checked\n  the reason\n  a note',
    ]);
  });
});

describe('this project', () => {
  it('has no script that npm runs by itself when packages are installed', () => {
    const lifecycle = ['dependencies', 'install', 'prepare', 'preinstall', 'postinstall'];
    expect(Object.keys(manifest.scripts).filter((name) => lifecycle.includes(name))).toEqual([]);
  });

  it('has no file and no export that nothing uses', async () => {
    expect(await unused()).toEqual([]);
  });

  it('passes npm run packages, whose bill of materials names what is deployed', () => {
    const file = join(out, 'bom.json');
    const args = [join(root, 'checks/dependencies/index.ts'), '--no-audit', '--sbom', file];
    const said = execFileSync(process.execPath, args, { encoding: 'utf8' });
    expect(said.match(/^\S.*: ok$/gm)).toHaveLength(4);
    const { bomFormat, components } = JSON.parse(readFileSync(file, 'utf8'));
    expect(bomFormat).toBe('CycloneDX');
    const jsforce = components.find(({ name }: { name: string }) => name === 'jsforce');
    expect(jsforce.properties).toMatchObject([{ value: 'salesforce-apicall' }]);
  });
});
