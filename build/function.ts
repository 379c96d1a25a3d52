import { join } from 'node:path';
import { build } from 'esbuild';
import { layerPackages } from '../layers/dependencies/packages.ts';
import { esbuildOptions } from './esbuild-options.ts';
import { slimJsforce } from './jsforce-slim/index.ts';

interface FunctionBuild {
  /** Folder below functions/. */
  readonly functionName: string;
  readonly outdir: string;
  /** `true`: every dependency is bundled into the function and the layer is not needed. */
  readonly standalone: boolean;
}

/** A CommonJS package that is imported when needed has its exports under `default` in its chunk, and only there. */
export const splitOptions = { splitting: true, chunkNames: 'chunks/[hash]' } as const;

/**
 * Bundles one function to `<outdir>/index.mjs` with a linked source map; what is imported only when it is needed lies in
 * `<outdir>/chunks/`, so that a cold start does not read it. Answers esbuild's metafile.
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
      ...(functionName === 'salesforce-apicall' ? [slimJsforce()] : []),
      ...esbuildOptions.plugins,
    ],
  });
  return metafile;
}
