import { parseArgs } from 'node:util';
import { startReceiver } from './receiver.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8090' } } });
const port = Number(values.port);

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

try {
  const { url } = await startReceiver({
    port,
    onRequest: ({ method, path, headers, body }, status) =>
      console.log(JSON.stringify({ method, path, status, headers, body }, undefined, 2)),
  });
  console.log(
    `Every request to ${url} is answered 200 and shown here, its credentials too. Ctrl-C ends it.`,
  );
} catch (error) {
  if (!isTaken(error)) throw error;
  console.error(`Port ${port} is taken: give another one with -- --port.`);
  process.exitCode = 1;
}
