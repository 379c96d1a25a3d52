import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { buildFunction } from '../../build/function.ts';
import { functionFolders } from '../../build/function-folders.ts';
import { buildLayer } from '../../build/layer.ts';

/** What is deployed together, and the folders of the packages that it holds code of (`node_modules/…`). */
export interface Unit {
  /** `layer`, or the function's folder below functions/. */
  readonly name: string;
  readonly packages: ReadonlySet<string>;
}

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** The packages that outputs hold code of; what was looked at and left out is not deployed. */
export function packagesIn({ outputs }: Pick<Metafile, 'outputs'>): Set<string> {
  const inputs = Object.values(outputs).flatMap(({ inputs: own }) => Object.entries(own));
  return new Set(
    inputs.flatMap(([path, { bytesInOutput }]) => {
      const [, folder] = PACKAGE.exec(path) ?? [];
      return folder === undefined || bytesInOutput === 0 ? [] : [folder];
    }),
  );
}

/** Builds the layer, which comes first, and every function as a deployment does. Runs in the project's root. */
export async function deployedUnits(): Promise<[Unit, ...Unit[]]> {
  const outdir = await mkdtemp(join(tmpdir(), 'dependencies-'));
  try {
    const layer = await buildLayer(join(outdir, 'layer'));
    const functions = Object.values(functionFolders).map(async (functionName): Promise<Unit> => {
      const built = await buildFunction({
        functionName,
        outdir: join(outdir, functionName),
        standalone: false,
      });
      return { name: functionName, packages: packagesIn(built) };
    });
    return [{ name: 'layer', packages: packagesIn(layer) }, ...(await Promise.all(functions))];
  } finally {
    await rm(outdir, { recursive: true });
  }
}
