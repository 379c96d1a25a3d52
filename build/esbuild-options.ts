import type { BuildOptions } from 'esbuild';
import { lambdaCredentials } from './lambda-credentials.ts';
import { nodeBuiltins } from './node-builtins.ts';

/** CommonJS packages inside an ES module bundle still call `require` for Node's own modules. */
const requireForCommonJs =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** What the functions and the layer share. `.mjs`, because Lambda detects no module syntax in `.js` files. */
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
