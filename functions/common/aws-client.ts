/**
 * Settings of every AWS client: three tries as the SDK spaces them, each bounded, so that a slow AWS endpoint
 * cannot eat a webhook sender's patience (GitHub closes the connection after 10 s).
 */
export const awsClientConfig = {
  maxAttempts: 3,
  // Without `throwOnRequestTimeout` the handler only warns, and a call that hangs takes the whole invocation along.
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};
