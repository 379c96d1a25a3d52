import { Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { CliError, UsageError } from '../../cli/errors.ts';
import { addJsonOption, selectionIn, typedOption } from '../../cli/options.ts';
import { createProgram, runProgram } from '../../cli/program.ts';

/** Runs the program `npm run thing --`, whose command `work` throws the error. */
async function run(args: readonly string[], error?: Error) {
  const printed: string[] = [];
  const logged: string[] = [];
  const terminal = {
    print: (text: string) => printed.push(text),
    log: (text: string) => logged.push(text),
  };
  const program = createProgram('thing', 'Does a thing.', terminal);
  addJsonOption(program.command('work').argument('<name>'))
    .addOption(new Option('--queue <name>').choices(['apicall', 'rule']))
    .action(() => {
      if (error !== undefined) throw error;
    });
  const exitCode = await runProgram(program, args, terminal);
  return { exitCode, stdout: printed.join('\n'), stderr: logged.join('\n') };
}

describe('a command that fails', () => {
  const error = new UsageError('There is no stack.', { remedy: 'Deploy it.', result: { seen: 1 } });

  it('prints the problem and the remedy, on standard error', async () => {
    expect(await run(['work', 'it'], error)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'There is no stack. Deploy it.',
    });
  });

  it('prints one JSON document instead with --json, on standard output', async () => {
    const { exitCode, stdout, stderr } = await run(['work', 'it', '--json'], error);
    expect([exitCode, stderr]).toEqual([2, '']);
    expect(JSON.parse(stdout)).toEqual({
      command: 'thing work',
      ok: false,
      result: { seen: 1 },
      error: { message: 'There is no stack.', remedy: 'Deploy it.' },
    });
    expect(JSON.parse((await run(['work', 'it', '--json'], new CliError('Oh.'))).stdout)).toEqual({
      command: 'thing work',
      ok: false,
      result: null,
      error: { message: 'Oh.' },
    });
  });

  it.each([
    [['work', '--json'], 'thing work', "missing required argument 'name'"],
    [['work', 'it', '--jsn', '--json'], 'thing work', "unknown option '--jsn'"],
    [['wrk', '--json'], 'thing', "unknown command 'wrk'\n(Did you mean work?)"],
    [['work', 'it', '--queue', 'apical', '--json'], 'thing work', '(Did you mean apicall?)'],
    [['--json'], 'thing', "unknown option '--json'"],
  ])('does so for a wrong command line: %j', async (args, command, message) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stderr]).toEqual([2, '']);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ command, ok: false });
    expect(document.error.message).toContain(message);
  });
});

describe('the options of a command line that is not parsed', () => {
  it.each([
    [['redrive', '--yes'], ''],
    [['redrive', '--local'], ' --local'],
    [['--stack-name', 'other', 'status'], ' --stack-name other'],
    [['status', '--stack-name=other'], ' --stack-name=other'],
  ])('%j select a stack by%s', (args, selection) => expect(selectionIn(args)).toBe(selection));

  it('have values', () => {
    expect(typedOption(['--env', 'production'], '--env')).toBe(' --env production');
    expect(typedOption(['--environment', 'production'], '--env')).toBe('');
  });
});
