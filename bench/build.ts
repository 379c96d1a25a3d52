import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { esbuildOptions } from '../build/esbuild-options.ts';
import { buildFunction } from '../build/function.ts';
import { buildLayer } from '../build/layer.ts';
import { layerPackages } from '../layers/dependencies/packages.ts';
import { type Size, sizeOf } from './size.ts';

/** A function as deployed, with the bench's scripts next to it. */
export interface Built {
  readonly folder: string;
  readonly size: Size;
}

/** Each runs next to a function's bundle, in a separate process. */
const scripts = ['cold', 'warm', 'load', 'nothing'].map((name) => `bench/${name}.ts`);

async function createHome() {
  const home = await mkdtemp(join(tmpdir(), 'bench-'));
  const layer = join(home, 'layer');
  const layerMeta = await buildLayer(layer);

  /** @param standalone bundles every dependency, as `BUNDLE_DEPENDENCIES=1` does. */
  const buildFunctionWithLayer = async (
    functionName: string,
    standalone = false,
  ): Promise<Built> => {
    const folder = join(home, `${functionName}-${standalone ? 'bundled' : 'layered'}`);
    const metafile = await buildFunction({ functionName, outdir: folder, standalone });
    await symlink(join(layer, 'nodejs', 'node_modules'), join(folder, 'node_modules'));
    await build({
      ...esbuildOptions,
      entryPoints: scripts,
      outdir: folder,
      external: [...layerPackages, './index.mjs'],
    });
    return { folder, size: sizeOf(metafile, layerMeta) };
  };

  /** Bundles a peer's published package as its users would, without this project's plugins. */
  const buildPeer = async (name: string): Promise<string> => {
    const outdir = join(home, 'peers');
    const entryPoints = [`bench/peers/${name}.ts`];
    await build({ ...esbuildOptions, entryPoints, outdir, plugins: [] });
    return join(outdir, `${name}.mjs`);
  };

  return { home, layer, layerMeta, buildFunctionWithLayer, buildPeer };
}

export type Home = Awaited<ReturnType<typeof createHome>>;

/** Builds in a temporary folder, where a bundle finds only the layer's packages, and deletes it afterwards. */
export async function withHome<T>(use: (home: Home) => Promise<T>): Promise<T> {
  const home = await createHome();
  try {
    return await use(home);
  } finally {
    await rm(home.home, { recursive: true });
  }
}
