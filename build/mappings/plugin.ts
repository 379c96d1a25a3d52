import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { compileMappings, MAPPINGS } from './read.ts';

/** Fills `compiledMappings` with what `mappings/*.yaml` compile to. */
export const bundledMappings = (): Plugin => ({
  name: 'mappings',
  setup: ({ onLoad }) => {
    onLoad(
      { filter: /[\\/]salesforce-apicall[\\/]mapping[\\/]compiled\.ts$/ },
      async ({ path }) => {
        const root = join(dirname(path), '../../..');
        // In an object literal, a key __proto__ would be no key.
        const json = JSON.stringify(JSON.stringify(await compileMappings(root)));
        return {
          contents: `export const compiledMappings = JSON.parse(${json});`,
          loader: 'js',
          watchDirs: [join(root, MAPPINGS)],
        };
      },
    );
  },
});
