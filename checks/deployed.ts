import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { buildFunction } from '../build/function.ts';
import { functionFolders } from '../build/function-folders.ts';
import { buildLayer } from '../build/layer.ts';

/** One deployment package: the layer or a function. */
export interface Unit {
  /** `layer`, or the function's folder below functions/. */
  readonly name: string;
  /** Folders of the npm packages whose code it holds, from the project's root (`node_modules/…`). */
  readonly packages: ReadonlySet<string>;
}

const PACKAGE_FOLDER = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** The folders of the packages whose code is in the outputs. Inputs that esbuild has removed entirely do not count. */
export function packagesIn({ outputs }: Pick<Metafile, 'outputs'>): Set<string> {
  const inputs = Object.values(outputs).flatMap(({ inputs: own }) => Object.entries(own));
  return new Set(
    inputs.flatMap(([path, { bytesInOutput }]) => {
      const [, folder] = PACKAGE_FOLDER.exec(path) ?? [];
      return folder === undefined || bytesInOutput === 0 ? [] : [folder];
    }),
  );
}

/** Builds the layer and every function as a deployment does. The working directory must be the project's root. */
export async function deployedUnits(): Promise<{ layer: Unit; functions: readonly Unit[] }> {
  const outdir = await mkdtemp(join(tmpdir(), 'deployed-'));
  try {
    const layer = await buildLayer(join(outdir, 'layer'));
    const functions = Object.values(functionFolders).map(async (name): Promise<Unit> => {
      const built = await buildFunction({
        functionName: name,
        outdir: join(outdir, name),
        standalone: false,
      });
      return { name, packages: packagesIn(built) };
    });
    return {
      layer: { name: 'layer', packages: packagesIn(layer) },
      functions: await Promise.all(functions),
    };
  } finally {
    await rm(outdir, { recursive: true });
  }
}

/** `node_modules/a/node_modules/@b/c` → `@b/c` */
const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf('node_modules/') + 13);

/**
 * Packages that one function would load twice, as messages: two copies in its bundle or in the layer, or one in each.
 * Copies of the same version count too, because `instanceof` does not hold between them.
 */
export function duplicates(layer: Unit, functions: readonly Unit[]): string[] {
  const withinOne = [layer, ...functions].flatMap(({ name, packages }) =>
    [...Map.groupBy(packages, nameOf)]
      .filter(([, folders]) => folders.length > 1)
      .map(([own, folders]) => `${own} is in ${name} twice: ${folders.join(' and ')}`),
  );
  const inLayer = new Set([...layer.packages].map(nameOf));
  const acrossBoth = functions.flatMap(({ name, packages }) =>
    [...new Set([...packages].map(nameOf))]
      .filter((own) => inLayer.has(own))
      .map((own) => `${own} is in the layer and in ${name}`),
  );
  return [...withinOne, ...acrossBoth];
}
