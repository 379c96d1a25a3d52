import { Command, InvalidArgumentError } from 'commander';
import { startReceiver } from './receiver.ts';

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535; 0 takes a free one.');
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

async function run({ port }: { readonly port: number }): Promise<void> {
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
}

await new Command('npm run receiver --')
  .description('Stands in for an HTTP API: answers every request and shows it.')
  .option('--port <number>', 'the port that it listens on', toPort, 8090)
  .action(run)
  .parseAsync();
