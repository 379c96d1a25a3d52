import { parsePastTime, type StackOptions } from '../options.ts';
import type { Dependencies } from './dependencies.ts';
import { describeText } from './describe.ts';
import { handleAwsError } from './show.ts';
import { findEventStack } from './stack.ts';
import { followTexts } from './tail.ts';

export interface LogOptions extends StackOptions {
  readonly since?: string;
  readonly raw?: boolean;
}

/** Of readings. An account has 5 requests a second, of which one takes four (logs.ts). */
export const intervalOf = ({ local }: StackOptions): number => (local ? 500 : 5_000);

/** The exit code of what only Ctrl-C ends (docs/commands.md). */
export const INTERRUPTED = 130;

/** `log`: the functions' log lines, each as a sentence, until Ctrl-C. @returns the exit code */
export async function runLog(options: LogOptions, dependencies: Dependencies): Promise<number> {
  const { createClients, print, sleep, stopSignal: signal } = dependencies;
  const since = options.since === undefined ? new Date() : parsePastTime(options.since);
  const clients = await createClients(options);
  const stack = await findEventStack(clients, options, handleAwsError);
  const wait = () => sleep(intervalOf(options));
  for await (const page of followTexts({ clients, stack, since, signal, wait }, handleAwsError))
    for (const text of page) {
      const line = options.raw ? `${text.logicalId}  ${text.text}` : describeText(text);
      if (line !== undefined) print(line);
    }
  return INTERRUPTED;
}
