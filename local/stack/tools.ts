import { execa } from 'execa';
import { StackError } from './errors.ts';

/** @throws StackError when `make`, which `sam build` calls for each function, is not installed. */
export async function requireMake(): Promise<void> {
  const { failed } = await execa('make', ['--version'], { reject: false });
  if (!failed) return;
  throw new StackError(
    'make is needed to build the functions and was not found. Install it (Debian, Ubuntu: apt-get install make; macOS: xcode-select --install).',
  );
}
