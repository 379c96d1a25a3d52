/**
 * Stands in for the client's native module, which only sends results to the Runtime API (AWS Lambda Developer Guide, "Using
 * the Lambda runtime API"). The client itself fetches the events.
 */
const api = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation`;

const post = (path: string, body: string, headers: Record<string, string> = {}): void => {
  void fetch(`${api}/${path}`, { method: 'POST', body, headers });
};

export const initializeClient = (): void => undefined;

export const done = (id: string, body: string): void => post(`${id}/response`, body);

export const error = (id: string, body: string, cause: string): void =>
  post(`${id}/error`, body, { 'Lambda-Runtime-Function-XRay-Error-Cause': cause });
