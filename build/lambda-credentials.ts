import type { Plugin } from 'esbuild';

const NAMESPACE = 'lambda-credentials';
const PROVIDER = '@aws-sdk/credential-provider-node';

/**
 * Replaces the AWS SDK's credential provider chain with its first provider. Lambda passes the role's credentials in
 * environment variables (Developer Guide, "Defined runtime environment variables"), so a cold start need not load the
 * others: single sign-on, profiles, processes, and instance metadata.
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
