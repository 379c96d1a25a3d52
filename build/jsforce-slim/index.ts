import type { Plugin } from 'esbuild';

/**
 * What jsforce loads and apicall never reaches: its own HTTP client (requests go through ours), CSV, XML and file
 * uploads. Each becomes a module that throws when something of it is called.
 */
export const stubbed = [
  'undici',
  'xml2js',
  'csv-parse',
  'csv-parse/sync',
  'csv-stringify',
  'csv-stringify/sync',
  'form-data',
] as const;

/** jsforce makes an `Agent` while it loads, before any request: that alone must not throw. */
const stubOf = (name: string): string => `
  const refuse = () => {
    throw new Error('${name} is left out of this bundle (build/jsforce-slim): a jsforce feature was used that needs it.');
  };
  class Agent {}
  module.exports = new Proxy(refuse, { get: (_, key) => (key === 'Agent' ? Agent : key === '__esModule' ? undefined : refuse) });
`;

const escaped = stubbed.map((name) => name.replace('/', '\\/')).join('|');

/**
 * Leaves the modules of `stubbed` out of a bundle with jsforce. The build fails when jsforce no longer imports one
 * of them: its next version may bring a replacement that has to be looked at.
 */
export function slimJsforce(): Plugin {
  return {
    name: 'slim-jsforce',
    setup(build) {
      const met = new Set<string>();
      build.onResolve({ filter: new RegExp(`^(${escaped})$`) }, ({ path, importer }) => {
        if (!importer.includes('/node_modules/jsforce/')) return undefined;
        met.add(path);
        return { path, namespace: 'jsforce-stub' };
      });
      build.onLoad({ filter: /.*/, namespace: 'jsforce-stub' }, ({ path }) => ({
        contents: stubOf(path),
        loader: 'js',
      }));
      build.onEnd(() => {
        const unmet = stubbed.filter((name) => !met.has(name));
        if (unmet.length === 0) return undefined;
        const text = `jsforce no longer imports ${unmet.join(', ')}: revise build/jsforce-slim/index.ts`;
        return { errors: [{ text }] };
      });
    },
  };
}
