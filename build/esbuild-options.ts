import type { BuildOptions } from 'esbuild';
import { lambdaCredentials } from './lambda-credentials.ts';
import { nodeBuiltins } from './node-builtins.ts';

/** Bundled CommonJS packages call `require` for Node's modules, which ES modules don't have. */
const requireForCommonJs =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Options of functions and layer. The extension is `.mjs`, because Lambda doesn't detect module syntax in `.js`. */
export const esbuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  minify: true,
  banner: { js: requireForCommonJs },
  logLevel: 'warning',
  metafile: true,
  plugins: [lambdaCredentials(), nodeBuiltins()],
} satisfies BuildOptions;
