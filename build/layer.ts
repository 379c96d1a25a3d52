import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { layerPackages } from '../layers/dependencies/packages.ts';
import { esbuildOptions } from './esbuild-options.ts';

async function writePackageJson(modules: string, name: string): Promise<void> {
  const source: { version: string } = JSON.parse(
    await readFile(join('node_modules', name, 'package.json'), 'utf8'),
  );
  const manifest = { name, version: source.version, type: 'module', exports: './index.mjs' };
  await writeFile(
    join(modules, name, 'package.json'),
    `${JSON.stringify(manifest, undefined, 2)}\n`,
  );
}

/**
 * Builds the layer: `nodejs/node_modules/<package>/index.mjs` for each package. Code that packages share is split into
 * chunks, so that a function loads only what it imports. Returns esbuild's metafile.
 */
export async function buildLayer(outdir: string) {
  const modules = join(outdir, 'nodejs', 'node_modules');
  const { metafile } = await build({
    ...esbuildOptions,
    entryPoints: Object.fromEntries(layerPackages.map((name) => [`${name}/index`, name])),
    outdir: modules,
    splitting: true,
    chunkNames: 'shared-chunks/[hash]',
  });
  await Promise.all(layerPackages.map((name) => writePackageJson(modules, name)));
  return metafile;
}
