import { MINUTE_MS } from '../../../cli/readings/metrics.ts';
import type { Rates } from '../../api.ts';
import type { Connected } from '../connection.ts';
import { SHARED_MS, SharedReads } from '../shared-reads.ts';
import { readAwsMeasures } from './aws-measures.ts';
import { LocalMeasures } from './local-measures.ts';
import { type Measures, minuteOf, toRates } from './tally.ts';

/** CloudWatch has one value for a minute: asking more often costs more and tells nothing. */
const AWS_KEPT_MS = MINUTE_MS;

/** The default, which all views share. */
export const DEFAULT_MINUTES = 60;

/** Reads measures: of AWS by CloudWatch's metrics, of the local stack by its log lines. */
export class MeasuresReader {
  readonly #reads = new SharedReads<Measures>();
  readonly #local = new LocalMeasures();

  /** Rejects with AWS's error. */
  read(connected: Connected, minutes = DEFAULT_MINUTES): Promise<Measures> {
    const first = minuteOf(Date.now()) - minutes + 1;
    const { isLocal, stack } = connected;
    return this.#reads.read(`${stack.arn} ${minutes}`, isLocal ? SHARED_MS : AWS_KEPT_MS, () =>
      isLocal ? this.#local.read(connected, first) : readAwsMeasures(connected, first),
    );
  }

  async rates(connected: Connected, minutes: number): Promise<Rates> {
    const { tally, costUsd } = await this.read(connected, minutes);
    const last = minuteOf(Date.now());
    return toRates(tally, last - minutes + 1, last, costUsd);
  }
}
