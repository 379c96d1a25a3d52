import type { Plugin } from 'esbuild';

const NAMESPACE = 'lambda-credentials';
const PROVIDER = '@aws-sdk/credential-provider-node';

/**
 * Lambda hands a function its role's credentials in environment variables (Developer Guide, "Defined runtime environment
 * variables"). The AWS SDK's chain looks there first; the rest of it - single sign-on, profiles, processes, instance
 * metadata - is left out of what every cold start loads.
 */
export const lambdaCredentials = (): Plugin => ({
  name: NAMESPACE,
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: new RegExp(`^${PROVIDER}$`) }, ({ path, resolveDir }) => ({
      path,
      namespace: NAMESPACE,
      pluginData: resolveDir,
    }));
    onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ pluginData }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: pluginData,
      loader: 'js',
    }));
  },
});
