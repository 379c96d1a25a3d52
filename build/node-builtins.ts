import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

const NAMESPACE = 'node-builtin';
const NAMES = new RegExp(
  `^(node:)?(${builtinModules.map((name) => name.replaceAll('/', '\\/')).join('|')})$`,
);

/** The AWS SDK imports these dynamically and reads only the default export, the only one that a chunk has. */
const HTTP = /^(node:)?https?$/;

/**
 * Loads Node's modules with `process.getBuiltinModule` instead of `import`. An ES module import reads every export of a
 * built-in module, and one export of `node:http` is a getter that loads all of undici: 26 ms of a cold start.
 */
export const nodeBuiltins = (): Plugin => ({
  name: 'node-builtins',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: NAMES }, ({ path, kind }) =>
      kind === 'dynamic-import' && !HTTP.test(path)
        ? { path, external: true }
        : { path, namespace: NAMESPACE },
    );
    onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
});
