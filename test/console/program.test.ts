import { once } from 'node:events';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { expect, it } from 'vitest';
import { main } from '../../console/program.ts';
import { root } from '../../local/stack/paths.ts';

async function run(...args: string[]) {
  const lines: string[] = [];
  const write = (text: string) => lines.push(text);
  const exitCode = await main(args, { print: write, log: write, stopped: Promise.resolve() });
  return { exitCode, output: lines.join('\n') };
}

it('explains its options with examples', async () => {
  const { exitCode, output } = await run('--help');
  expect(exitCode).toBe(0);
  for (const word of ['--local', '--stack-name', '--steer', '--port', 'npm run console -- --local'])
    expect(output).toContain(word);
});

it.each([['--port', '0'], ['--port', '65536'], ['--port', '80a'], ['--steeer'], ['orders']])(
  'refuses %s %s',
  async (...args) => {
    const { exitCode, output } = await run(...args);
    expect(exitCode).toBe(2);
    expect(output).toMatch(/port must be|unknown option|too many arguments/);
  },
);

it('ends when npm start, which started it, has ended', async () => {
  const port = String(await getPort({ host: '127.0.0.1' }));
  const started = execa(
    process.execPath,
    [join(root, 'console/index.ts'), '--local', '--port', port],
    { env: { END_WITH_INPUT: '1' }, stdin: 'pipe' },
  );
  await once(started.stdout, 'data');
  // As the system does for a process that is killed.
  started.stdin.end();
  expect((await started).stdout).toContain(`http://127.0.0.1:${port}/#token=`);
});
