import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

const NAMESPACE = 'node-builtin';
const NAMES = new RegExp(
  `^(node:)?(${builtinModules.map((name) => name.replaceAll('/', '\\/')).join('|')})$`,
);

/** What the AWS SDK imports when it needs it, and reads from the default export, the only one that a chunk has. */
const HTTP = /^(node:)?https?$/;

/**
 * Takes Node's own modules from `process.getBuiltinModule` instead of importing them. An ES module import touches every
 * export of a built-in module, and one of `node:http` is a getter that loads all of undici: 26 ms of a cold start.
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
