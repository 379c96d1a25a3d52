import type { Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../bench/size.ts';

type Import = Metafile['outputs'][string]['imports'][number];

const output = (bytes: number, imports: Import[] = []): Metafile['outputs'][string] => ({
  bytes,
  imports,
  inputs: {},
  exports: [],
});
const at = (path: string, change: Partial<Import> = {}): Import => ({
  path,
  kind: 'import-statement',
  ...change,
});

const layer: Metafile = {
  inputs: {},
  outputs: {
    'layer/used/index.mjs': output(10, [at('layer/chunk.mjs')]),
    'layer/later/index.mjs': output(1_000),
    'layer/chunk.mjs': output(5, [at('layer/chunk.mjs')]),
  },
};
const bundle: Metafile = {
  inputs: {},
  outputs: {
    'out/index.mjs': output(100, [
      at('out/now.mjs'),
      at('out/needed.mjs', { kind: 'dynamic-import' }),
      at('used', { external: true }),
    ]),
    'out/now.mjs': output(20),
    'out/needed.mjs': output(400, [at('later', { external: true })]),
    'out/index.mjs.map': output(9_999),
  },
};

describe('sizeOf', () => {
  it('counts all code, without source maps', () => {
    expect(sizeOf(bundle, layer).bytes).toBe(520);
  });

  it('counts what a cold start loads of the bundle and of the layer, each file once', () => {
    expect(sizeOf(bundle, layer)).toMatchObject({ loadedBytes: 120, layerBytes: 15 });
  });
});
