import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { build } from 'esbuild';

/** A file of the page, as it is served. */
export interface Asset {
  readonly type: string;
  readonly body: Uint8Array | string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/**
 * Bundles the page in memory: `main.tsx` and `style.css` become `/main.js` and `/style.css`, and `index.html` is served at `/`.
 * Nothing is written, and the page loads nothing from elsewhere.
 *
 * @param folder has the three files.
 * @returns path → file. Rejects with esbuild's error, which names file and line.
 */
export async function bundlePage(folder: string): Promise<ReadonlyMap<string, Asset>> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'main.tsx'), join(folder, 'style.css')],
    outdir: folder,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent',
  });
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const bundled = outputFiles.map(({ path, contents }): [string, Asset] => [
    `/${basename(path)}`,
    { type: TYPES[extname(path)] ?? 'application/octet-stream', body: contents },
  ]);
  return new Map([['/', { type: 'text/html; charset=utf-8', body: html }], ...bundled]);
}
