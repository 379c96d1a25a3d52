import type { Plugin } from 'esbuild';
import { tooLarge } from './ceiling.ts';
import { replaced } from './replaced.ts';

const NAMESPACE = 'slimmed';
const keyOf = (importer: string, name: string): string => `${importer}/${name}`;
const contentsOf = new Map(
  replaced.map(({ importer, name, contents }) => [keyOf(importer, name), contents]),
);
const escaped = [...new Set(replaced.map(({ name }) => name.replaceAll('/', '\\/')))].join('|');

const packageOf = (path: string): string => {
  const inPackage = path.replaceAll('\\', '/').split('/node_modules/').at(-1) ?? '';
  return /^(@[^/]+\/)?[^/]+/.exec(inPackage)?.[0] ?? '';
};

/**
 * Leaves modules that apicall never reaches out of a bundle with jsforce and jsonwebtoken. The build fails when a
 * package no longer imports one of them, for its next version may bring a replacement that has to be looked at, and
 * when a package grows past its ceiling, for it has brought something new.
 */
export function slimJsforce(): Plugin {
  return {
    name: 'slim-jsforce',
    setup(build) {
      const met = new Set<string>();
      build.onResolve({ filter: new RegExp(`^(${escaped})$`) }, ({ path, importer }) => {
        const key = keyOf(packageOf(importer), path);
        if (!contentsOf.has(key)) return undefined;
        met.add(key);
        return { path: key, namespace: NAMESPACE };
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: contentsOf.get(path) ?? '',
        loader: 'js',
      }));
      build.onEnd(({ metafile }) => {
        const unmet = [...contentsOf.keys()].filter((key) => !met.has(key)).join(', ');
        const errors = metafile === undefined ? [] : tooLarge(metafile);
        if (unmet !== '')
          errors.push(`no longer imported: ${unmet}. Revise build/jsforce-slim/replaced.ts`);
        return { errors: errors.map((text) => ({ text })) };
      });
    },
  };
}
