import { registerHooks } from 'node:module';

/** Preloaded into a process: at its end, the packages that it has loaded are the last line of its standard error. */
const packages = new Set<string>();
registerHooks({
  load(url, context, nextLoad) {
    const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
    if (name !== undefined) packages.add(name);
    return nextLoad(url, context);
  },
});
process.on('exit', () => process.stderr.write(`\n${[...packages].join(' ')}`));
