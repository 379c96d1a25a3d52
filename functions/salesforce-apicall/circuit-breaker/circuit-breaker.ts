import type { Log } from '#common/logger.ts';
import { isInForce, type Pause } from '#common/pause.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import { type Evidence, holdsBack } from './evidence.ts';
import { type BreakerState, isOpen, openedBy } from './state.ts';
import type { BreakerTable } from './table.ts';

interface CircuitBreakerDependencies {
  readonly state: Pick<BreakerTable, 'read' | 'write' | 'claimProbe'>;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The longest wait, so that requests notice soon that the breaker has closed. */
const MAX_WAIT_SECONDS = 300;

/** While another process makes the first call after the breaker was open. */
const PROBE_WAIT_SECONDS = 5;

/** During a pause, in which messages are received only until the poller has stopped. Short: its end may be brought forward. */
const PAUSE_WAIT_SECONDS = 60;

const logUnavailable =
  (log: Log) =>
  (error: unknown): undefined => {
    log.error('breaker state unavailable', { error });
  };

/**
 * The circuit breaker as one invocation sees it, which a pause holds open. All containers share both: their state is read once
 * per invocation, so an invocation that began before a pause is finished. If it can't be read, calls are made as if there were
 * neither. If it can't be written, an opening reaches this invocation only, and a closing is left to a later one.
 */
export class CircuitBreaker {
  readonly #dependencies: CircuitBreakerDependencies;
  readonly #before: BreakerState | undefined;
  #held: Pick<BreakerState, 'scope' | 'openUntil'> | undefined;
  #isHalfOpen = false;
  /** Whether this invocation makes the first call; absent: it has had no request yet that would be one. */
  #claim: Promise<boolean> | undefined;

  private constructor(dependencies: CircuitBreakerDependencies, before: BreakerState | undefined) {
    this.#dependencies = dependencies;
    this.#before = before;
  }

  static async read(dependencies: CircuitBreakerDependencies): Promise<CircuitBreaker> {
    const { state, log, now } = dependencies;
    const stored = await state.read().catch(logUnavailable(log));
    const before = stored?.breaker;
    const breaker = new CircuitBreaker(dependencies, before);
    if (stored?.pause && isInForce(stored.pause, new Date(now()))) {
      breaker.#pause(stored.pause);
      return breaker;
    }
    if (before === undefined) return breaker;
    if (isOpen(before, new Date(now()))) {
      const metrics = { values: { BreakerOpen: 1 }, dimensions: [['reason']] };
      log.info('breaker open', before, metrics);
      breaker.#held = before;
      return breaker;
    }
    breaker.#isHalfOpen = true;
    return breaker;
  }

  #pause({ since, until }: Pause): void {
    const { log, now } = this.#dependencies;
    log.info('api calls paused', { since, until });
    const retryAt = now() + PAUSE_WAIT_SECONDS * 1_000;
    this.#held = { scope: 'all', openUntil: new Date(Math.min(until.getTime(), retryAt)) };
  }

  /** How many seconds a request is held back; `undefined`: it may be made. */
  waitSeconds(request: ApiCallRequest): number | undefined {
    if (this.#held === undefined || !holdsBack(this.#held.scope, request)) return undefined;
    return this.openSeconds();
  }

  /** How many seconds calls are held back; `undefined` while the breaker is not open and there is no pause. */
  openSeconds(): number | undefined {
    if (this.#held === undefined) return undefined;
    const seconds = (this.#held.openUntil.getTime() - this.#dependencies.now()) / 1_000;
    return Math.max(1, Math.min(MAX_WAIT_SECONDS, Math.ceil(seconds)));
  }

  /**
   * Whether this request has to go first, because the breaker was open until now and held back requests like it. If another
   * process makes the first call, they are held back for longer. To be asked before any of them is made.
   */
  async isProbe(request: ApiCallRequest): Promise<boolean> {
    if (!this.#isHalfOpen || this.#before === undefined) return false;
    if (!holdsBack(this.#before.scope, request)) return false;
    const { state, now } = this.#dependencies;
    // Not before: an invocation without such a request would keep the others from making the first call.
    this.#claim ??= state.claimProbe().catch(() => true);
    if (await this.#claim) return this.#isHalfOpen;
    this.#isHalfOpen = false;
    this.#held = { ...this.#before, openUntil: new Date(now() + PROBE_WAIT_SECONDS * 1_000) };
    return false;
  }

  /** Opens the breaker, unless it is open already. Calls in flight continue. */
  async open(evidence: Evidence): Promise<void> {
    if (this.#held !== undefined) return;
    const { state, log, now } = this.#dependencies;
    const next = openedBy(evidence, this.#before, new Date(now()));
    this.#held = next;
    this.#isHalfOpen = false;
    const opened = { values: { BreakerOpened: 1 }, dimensions: [['reason']] };
    log.warn('breaker opened', next, opened, { values: { SalesforceRefused: 1 } });
    await state.write(next).catch(logUnavailable(log));
  }

  /** Closes the breaker after the first request, if that has not opened it again. */
  async close(): Promise<void> {
    if (!this.#isHalfOpen) return;
    this.#isHalfOpen = false;
    const { state, log } = this.#dependencies;
    await state.write('closed').catch(logUnavailable(log));
  }
}
