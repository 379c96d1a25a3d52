import { UsageError } from '../errors.ts';
import type { StackOptions } from '../options.ts';
import type { Dependencies } from './dependencies.ts';

export interface ShowOptions extends StackOptions {
  readonly json?: boolean;
}

export async function runShow(
  id: string,
  options: ShowOptions,
  { createClients }: Dependencies,
): Promise<number> {
  await createClients(options);
  throw new UsageError(`Nothing is known of ${id}.`);
}
