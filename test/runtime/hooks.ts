import { registerHooks } from 'node:module';

/**
 * What AWS's Node has, and the one of the tests has not: ES modules are found in NODE_PATH, and the runtime interface
 * client has its native module. Loaded before the client.
 */
const layer = new URL(`file://${process.env['NODE_PATH']}/../`).href;

const isPackage = (specifier: string): boolean => !/^(\.|\/|node:|file:)/.test(specifier);

registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === './rapid-client.node')
      return { url: new URL('rapid-client.ts', import.meta.url).href, shortCircuit: true };
    try {
      return next(specifier, context);
    } catch (error) {
      if (!isPackage(specifier)) throw error;
      return next(specifier, { ...context, parentURL: layer });
    }
  },
});
