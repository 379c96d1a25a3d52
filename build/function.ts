import { join } from 'node:path';
import { build } from 'esbuild';
import { layerPackages } from '../layers/dependencies/packages.ts';
import { esbuildOptions } from './esbuild-options.ts';
import { slimJsforce } from './jsforce-slim/index.ts';
import { bundledMappings } from './mappings/plugin.ts';

interface FunctionBuild {
  /** Folder in functions/. */
  readonly functionName: string;
  readonly outdir: string;
  /** `true` bundles every dependency into the function, which then needs no layer. */
  readonly standalone: boolean;
}

/** In its own chunk, a dynamically imported CommonJS package exports only `default`. */
export const splitOptions = { splitting: true, chunkNames: 'chunks/[hash]' } as const;

/**
 * Bundles one function into `<outdir>/index.mjs` with a linked source map. Dynamic imports become chunks in
 * `<outdir>/chunks/`, which a cold start does not load. Returns esbuild's metafile.
 */
export async function buildFunction({ functionName, outdir, standalone }: FunctionBuild) {
  const { metafile } = await build({
    ...esbuildOptions,
    entryPoints: { index: join('functions', functionName, 'index.ts') },
    outdir,
    ...splitOptions,
    sourcemap: 'linked',
    sourcesContent: false,
    external: standalone ? [] : [...layerPackages],
    plugins: [
      ...(functionName === 'salesforce-apicall' ? [slimJsforce(), bundledMappings()] : []),
      ...esbuildOptions.plugins,
    ],
  });
  return metafile;
}
