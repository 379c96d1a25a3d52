import { expect, it } from 'vitest';
import { main } from '../../console/program.ts';

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
