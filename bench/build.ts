import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { esbuildOptions } from '../build/esbuild-options.ts';
import { buildFunction } from '../build/function.ts';
import { buildLayer } from '../build/layer.ts';
import { layerPackages } from '../layers/dependencies/packages.ts';

type Output = Metafile['outputs'][string];

/** A function as it is deployed, with the bench's scripts beside it. */
export interface Built {
  readonly folder: string;
  readonly bundleBytes: number;
  /** What the function's first line makes Node load of the layer; zero where everything is bundled. */
  readonly layerBytes: number;
}

/** The bundle's own output and those that it loads at once, without what it imports later, when it needs it. */
function loadedWith(name: string, outputs: ReadonlyMap<string, Output>, seen = new Set<string>()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const { path, kind } of outputs.get(name)?.imports ?? []) {
    if (kind === 'import-statement') loadedWith(path, outputs, seen);
  }
  return seen;
}

const bytesOf = (loaded: ReadonlySet<string>, outputs: ReadonlyMap<string, Output>): number =>
  [...loaded].reduce((sum, name) => sum + (outputs.get(name)?.bytes ?? 0), 0);

function layerBytesOf(bundle: readonly Output[], layer: Metafile): number {
  const outputs = new Map(Object.entries(layer.outputs));
  const entryOf = (name: string): string =>
    [...outputs.keys()].find((path) => path.endsWith(`/${name}/index.mjs`)) ?? '';
  const imported = bundle.flatMap(({ imports }) =>
    imports.flatMap(({ path, kind, external }) =>
      external && kind === 'import-statement' ? [entryOf(path)] : [],
    ),
  );
  const seen = new Set<string>();
  for (const name of imported.filter((entry) => entry !== '')) loadedWith(name, outputs, seen);
  return bytesOf(seen, outputs);
}

/** Builds below the system's temp folder, where a bundle finds the layer's packages and no others. */
export async function createBuilder() {
  const home = await mkdtemp(join(tmpdir(), 'bench-'));
  const layer = await buildLayer(join(home, 'layer'));

  /** @param standalone everything is bundled, as `BUNDLE_DEPENDENCIES=1` does. */
  const buildRoom = async (room: string, standalone: boolean): Promise<Built> => {
    const folder = join(home, `${room}-${standalone ? 'bundled' : 'layered'}`);
    const metafile = await buildFunction({ room, outdir: folder, standalone });
    await symlink(join(home, 'layer', 'nodejs', 'node_modules'), join(folder, 'node_modules'));
    await build({
      ...esbuildOptions,
      entryPoints: ['bench/cold.ts', 'bench/warm.ts'],
      outdir: folder,
      external: [...layerPackages, './index.mjs'],
    });
    const outputs = new Map(Object.entries(metafile.outputs));
    const entry = [...outputs.keys()].find((path) => path.endsWith('/index.mjs')) ?? '';
    const loaded = loadedWith(entry, outputs);
    const bundle = [...loaded].flatMap((name) => outputs.get(name) ?? []);
    return {
      folder,
      bundleBytes: bytesOf(loaded, outputs),
      layerBytes: layerBytesOf(bundle, layer),
    };
  };

  return { home, buildRoom };
}
