import { once } from 'node:events';
import { InvalidArgumentError } from 'commander';
import { CliError, isErrorNamed } from '../../cli/errors.ts';
import { createProgram, runProgram } from '../../cli/program.ts';
import type { Terminal } from '../../cli/terminal.ts';

interface Dependencies extends Pick<Terminal, 'print' | 'log'> {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError(
    'The port must be a whole number from 0 to 65535; 0 selects a free port.',
  );
}

/** Receives until it is stopped. @throws CliError when the port is in use. */
async function receive(port: number, { print, log, signal }: Dependencies): Promise<void> {
  const { startReceiver } = await import('./receiver.ts');
  const { close, url } = await startReceiver({
    port,
    onRequest: ({ method, path, headers, body }, status) =>
      print(JSON.stringify({ method, path, status, headers, body }, undefined, 2)),
  }).catch((cause: unknown) => {
    if (!isErrorNamed(cause, 'EADDRINUSE')) throw cause;
    throw new CliError(
      `Port ${port} is in use. Choose another one: npm run receiver -- --port <number>`,
      { cause },
    );
  });
  print(
    `Listening on ${url}. Every request gets a 200 response and is printed here, credentials included. Press Ctrl-C to stop.`,
  );
  if (!signal.aborted) await once(signal, 'abort');
  await close();
  log('The receiver is stopped.');
}

/** Runs one command line, until the receiver is stopped. @returns the exit code */
export function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const program = createProgram(
    'receiver',
    'Runs a stand-in for an HTTP API that accepts every request and prints it.',
    dependencies,
  )
    .option('--port <number>', 'port to listen on', toPort, 8090)
    .addHelpText('after', '\nExamples:\n  npm run receiver\n  npm run receiver -- --port 8091')
    .action(({ port }: { readonly port: number }) => receive(port, dependencies));
  return runProgram(program, args, dependencies);
}
