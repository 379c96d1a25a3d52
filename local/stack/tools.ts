import { execa } from 'execa';
import { StackError } from './errors.ts';

/** @throws StackError if `make`, which `sam build` runs for each function, is not installed. */
export async function requireMake(): Promise<void> {
  const { failed } = await execa('make', ['--version'], { reject: false });
  if (!failed) return;
  throw new StackError(
    'make is not installed, but needed to build the functions. Install it (Debian, Ubuntu: apt-get install make; macOS: xcode-select --install).',
  );
}
