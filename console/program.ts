import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { addStackOptions, type StackOptions } from '../cli/options.ts';
import { createProgram, runProgram } from '../cli/program.ts';
import type { Terminal } from '../cli/terminal.ts';
import { root } from '../local/stack/paths.ts';

export interface Dependencies extends Pick<Terminal, 'print' | 'log'> {
  /** Resolves when the console is to end. */
  readonly stopped: Promise<unknown>;
}

interface ConsoleOptions extends StackOptions {
  readonly steer?: boolean;
  readonly port?: number;
}

/** "at least 128 bits" of randomness are asked of session ids (OWASP, "Session Management Cheat Sheet"). */
const TOKEN_BYTES = 32;

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('The port must be a whole number from 1 to 65535.');
}

/** Serves the console until it is stopped. What it needs is loaded here, so that --help is there at once. */
async function serve(options: ConsoleOptions, { print, log, stopped }: Dependencies) {
  const [{ createClients }, { choosePort }, { Connection }, { bundlePage }, server, routes] =
    await Promise.all([
      import('../cli/aws.ts'),
      import('../local/stack/ports.ts'),
      import('./server/connection.ts'),
      import('./server/page.ts'),
      import('./server/server.ts'),
      import('./server/all-routes.ts'),
    ]);
  const { local = false, stackName, steer = false } = options;
  const canSteer = local || steer;
  const { port } = await choosePort(local ? 'console' : `console ${stackName}`, options.port);
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const { url, close } = await server.startServer({
    port,
    token,
    canSteer,
    connection: new Connection(options, createClients),
    assets: await bundlePage(join(root, 'console/page')),
    ...routes.createRoutes({ canSteer, root }),
    log,
  });
  print(`${url}/#token=${token}`);
  print(
    `${canSteer ? 'This console can redrive, park, drop and pause.' : 'This console only looks; --steer lets it act.'} Press Ctrl-C to stop it.`,
  );
  await stopped;
  await close();
}

const EXAMPLES = `
Examples:
  npm run console -- --local
  npm run console -- --stack-name orders
  npm run console -- --stack-name orders --steer`;

const addConsoleOptions = (command: Command): Command =>
  addStackOptions(command)
    .option('--steer', 'on AWS: can redrive, park, unpark, drop, pause and resume')
    .option('--port <number>', 'port on 127.0.0.1; by default the same at every start', toPort);

/** Runs one command line, until the console is stopped. @returns the exit code */
export function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const description = 'Serves a page on this machine that shows the stack, and steers it.';
  const program = createProgram('console', description, dependencies)
    .addHelpText('after', EXAMPLES)
    .action((options: ConsoleOptions) => serve(options, dependencies));
  return runProgram(addConsoleOptions(program), args, dependencies);
}
