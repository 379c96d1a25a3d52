import { MINUTE_MS } from '../../../cli/readings/metrics.ts';
import type { Connected } from '../connection.ts';
import { SHARED_MS, SharedReads } from '../shared-reads.ts';
import { readAwsMeasures } from './aws-measures.ts';
import { LocalMeasures } from './local-measures.ts';
import { DEFAULT_MINUTES, lastMinutes, type Measures, toRates } from './tally.ts';

/** CloudWatch has one value for a minute: asking more often costs more and tells nothing. */
const AWS_KEPT_MS = MINUTE_MS;

/** Reads measures: of AWS by CloudWatch's metrics, of the local stack by its log lines. */
export class MeasuresReader {
  readonly #reads = new SharedReads<Measures>();
  readonly #local = new LocalMeasures();

  /** Rejects with AWS's error. */
  read(connected: Connected, minutes = DEFAULT_MINUTES): Promise<Measures> {
    const [first = 0] = lastMinutes(minutes);
    const { isLocal, stack } = connected;
    return this.#reads.read(`${stack.arn} ${minutes}`, isLocal ? SHARED_MS : AWS_KEPT_MS, () =>
      isLocal ? this.#local.read(connected, first) : readAwsMeasures(connected, first),
    );
  }

  async rates(connected: Connected, minutes: number) {
    return toRates(await this.read(connected, minutes), lastMinutes(minutes));
  }
}
