import type { StackOptions } from '../options.ts';

/** A command line that works on the same stack: `npm run dlq -- <args>` with `--local` and `--stack-name` where they were given. */
export type Suggest = (args: string) => string;

const DEFAULT_STACK = 'salesforce-eventbridge';

export const suggestFor =
  ({ local, stackName }: StackOptions, script = 'dlq'): Suggest =>
  (args) =>
    [
      `npm run ${script} -- ${args}`,
      ...(local ? ['--local'] : []),
      ...(stackName === DEFAULT_STACK ? [] : ['--stack-name', stackName]),
    ].join(' ');
