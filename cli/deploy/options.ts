import type { Asking } from '../environment/ask.ts';
import type { CreateDeploymentClients } from '../environment/aws.ts';
import type { Values } from '../environment/file.ts';
import { toSentences, UsageError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import type { packageTemplate } from './package.ts';

/** The options of `npm run deploy`, as commander names them. */
export interface DeployOptions {
  readonly env?: string;
  readonly set: Values;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly replace?: boolean;
}

export interface Dependencies extends Terminal {
  readonly createClients: CreateDeploymentClients;
  /** The folder of the environments' files. */
  readonly folder: string;
  /** The Region that the shell names in a variable, which must not contradict the file. */
  readonly explicitRegion: string | undefined;
  readonly shellRegion: () => Promise<string | undefined>;
  readonly packageTemplate: typeof packageTemplate;
  /** Between two looks at CloudFormation. */
  readonly intervalMs: number;
}

/** @throws UsageError with all problems, if there are any */
export const refuse = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new UsageError(toSentences(problems));
};

export const askingOf = ({ log, prompt }: Dependencies): Asking | undefined =>
  prompt === undefined ? undefined : { log, prompt };
