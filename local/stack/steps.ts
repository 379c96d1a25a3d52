import { Listr, ListrLogger, ListrLogLevels, type ListrTask, PRESET_TIMER } from 'listr2';

/** A step has one line, when it has ended. Why one failed is said by the command that runs them. */
class StepLogger extends ListrLogger {
  override log(level: ListrLogLevels, ...[message, options]: Rest): void {
    if (level === ListrLogLevels.STARTED) return;
    super.log(level, message, level === ListrLogLevels.FAILED ? undefined : options);
  }
}

type Rest = Parameters<ListrLogger['log']> extends [unknown, ...infer Others] ? Others : never;

/** Some terminals report no width, or one of 0 columns: a list that is redrawn there would have one letter a line. */
const isNarrow = (): boolean => !((process.stdout.columns ?? 0) >= MIN_COLUMNS);

const MIN_COLUMNS = 20;

/**
 * Runs steps one after the other, as a list on a terminal, otherwise with a line for each when it has ended.
 *
 * @param silent prints nothing, for commands whose output is parsed.
 * @throws the error of the step that fails.
 */
export async function runSteps<Context>(
  steps: ListrTask<Context>[],
  ctx: Context,
  silent = false,
): Promise<void> {
  await new Listr<Context>(steps, {
    ctx,
    silentRendererCondition: silent,
    fallbackRendererCondition: isNarrow,
    rendererOptions: { timer: PRESET_TIMER, showErrorMessage: false },
    fallbackRendererOptions: { timer: PRESET_TIMER, logger: new StepLogger({ useIcons: true }) },
    registerSignalListeners: false,
  }).run();
}
