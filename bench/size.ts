import type { Metafile } from 'esbuild';

type Output = Metafile['outputs'][string];
type Outputs = ReadonlyMap<string, Output>;

export interface Size {
  /** Everything deployed except source maps. */
  readonly bytes: number;
  /** What a cold start loads of it: the rest is imported dynamically. */
  readonly loadedBytes: number;
  /** What a cold start loads of the layer; zero if everything is bundled. */
  readonly layerBytes: number;
}

const isCode = (name: string): boolean => name.endsWith('.mjs');

const outputsOf = ({ outputs }: Metafile): Outputs => new Map(Object.entries(outputs));

const bytesOf = (names: Iterable<string>, outputs: Outputs): number =>
  [...names].reduce((sum, name) => sum + (outputs.get(name)?.bytes ?? 0), 0);

/** A file and its static imports, direct and indirect. */
function loadedWith(name: string, outputs: Outputs, seen: Set<string>): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const { path, kind } of outputs.get(name)?.imports ?? []) {
    if (kind === 'import-statement' && outputs.has(path)) loadedWith(path, outputs, seen);
  }
  return seen;
}

const endingWith = (ending: string, outputs: Outputs): string =>
  [...outputs.keys()].find((name) => name.endsWith(ending)) ?? '';

/** The layer's packages that are imported statically. */
const packagesOf = (names: Iterable<string>, outputs: Outputs): string[] =>
  [...names].flatMap((name) =>
    (outputs.get(name)?.imports ?? []).flatMap(({ path, kind, external }) =>
      external && kind === 'import-statement' ? [path] : [],
    ),
  );

export const codeBytes = (metafile: Metafile): number => {
  const outputs = outputsOf(metafile);
  return bytesOf([...outputs.keys()].filter(isCode), outputs);
};

/** A function's size, from the metafiles of its bundle and of the layer. */
export function sizeOf(bundle: Metafile, layer: Metafile): Size {
  const outputs = outputsOf(bundle);
  const layerOutputs = outputsOf(layer);
  const loaded = loadedWith(endingWith('/index.mjs', outputs), outputs, new Set());
  const seen = new Set<string>();
  for (const name of packagesOf(loaded, outputs)) {
    const entry = endingWith(`/${name}/index.mjs`, layerOutputs);
    if (entry !== '') loadedWith(entry, layerOutputs, seen);
  }
  return {
    bytes: codeBytes(bundle),
    loadedBytes: bytesOf(loaded, outputs),
    layerBytes: bytesOf(seen, layerOutputs),
  };
}
