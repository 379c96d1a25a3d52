import type { Plugin } from 'esbuild';
import { findOversized } from './size-limits.ts';
import { stubs } from './stubs.ts';

const NAMESPACE = 'jsforce-stub';
const keyOf = (importer: string, name: string): string => `${importer}/${name}`;
const contentsOf = new Map(
  stubs.map(({ importer, name, contents }) => [keyOf(importer, name), contents]),
);
const escaped = [...new Set(stubs.map(({ name }) => name.replaceAll('/', '\\/')))].join('|');

const packageOf = (path: string): string => {
  const inPackage = path.replaceAll('\\', '/').split('/node_modules/').at(-1) ?? '';
  return /^(@[^/]+\/)?[^/]+/.exec(inPackage)?.[0] ?? '';
};

/**
 * Replaces modules that apicall never calls with stubs, in bundles with jsforce and jsonwebtoken. The build fails if a
 * package no longer imports one of them (its new version may import something else instead that needs a look) or if a
 * package exceeds its size limit (it imports something new).
 */
export function slimJsforce(): Plugin {
  return {
    name: 'slim-jsforce',
    setup(build) {
      const replaced = new Set<string>();
      build.onResolve({ filter: new RegExp(`^(${escaped})$`) }, ({ path, importer }) => {
        const key = keyOf(packageOf(importer), path);
        if (!contentsOf.has(key)) return undefined;
        replaced.add(key);
        return { path: key, namespace: NAMESPACE };
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: contentsOf.get(path) ?? '',
        loader: 'js',
      }));
      build.onEnd(({ metafile }) => {
        const unused = [...contentsOf.keys()].filter((key) => !replaced.has(key)).join(', ');
        const errors = metafile === undefined ? [] : findOversized(metafile);
        if (unused !== '')
          errors.push(`no longer imported: ${unused}. Update build/jsforce-slim/stubs.ts`);
        return { errors: errors.map((text) => ({ text })) };
      });
    },
  };
}
