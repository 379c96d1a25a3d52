import { Command, InvalidArgumentError } from 'commander';
import { startReceiver } from './receiver.ts';

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError(
    'The port must be a whole number from 0 to 65535; 0 selects a free port.',
  );
}

const isPortInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

async function run({ port }: { readonly port: number }): Promise<void> {
  try {
    const { url } = await startReceiver({
      port,
      onRequest: ({ method, path, headers, body }, status) =>
        console.log(JSON.stringify({ method, path, status, headers, body }, undefined, 2)),
    });
    console.log(
      `Listening on ${url}. Every request gets a 200 response and is printed here, credentials included. Press Ctrl-C to stop.`,
    );
  } catch (error) {
    if (!isPortInUse(error)) throw error;
    console.error(
      `Port ${port} is in use. Choose another one: npm run receiver -- --port <number>`,
    );
    process.exitCode = 1;
  }
}

await new Command('npm run receiver --')
  .description('Runs a stand-in for an HTTP API that accepts every request and prints it.')
  .option('--port <number>', 'port to listen on', toPort, 8090)
  .action(run)
  .parseAsync();
