import { Command } from 'commander';
import { root } from '../../local/stack/paths.ts';
import { unmet } from './limits.ts';
import { measure } from './measure.ts';
import { toText } from './report.ts';
import { roomOf, roomsOf } from './rooms.ts';
import { readSources } from './sources.ts';

function run(): void {
  const measured = [...readSources(root)].map(([file, source]) => measure(file, source));
  const rooms = roomsOf(measured);
  const all = roomOf('all', measured);
  const problems = unmet(rooms, all);
  console.log(toText([...rooms, all], problems));
  if (problems.length > 0) process.exitCode = 1;
}

await new Command('npm run figures --')
  .description("Measures the code by the house style's figures (CONTRIBUTING.md).")
  .addHelpText('after', '\nExit codes: 0 all are met, 1 one is not.')
  .action(run)
  .parseAsync();
