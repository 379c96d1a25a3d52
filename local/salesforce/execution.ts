import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from './faults.ts';
import { type Database, LockConflict } from './org/database.ts';
import type { InnerRequest, RestResponse } from './resource.ts';
import type { SettingsStore } from './settings.ts';

interface Execution {
  readonly database: Database;
  readonly settings: SettingsStore;
  readonly faults: Faults;
  readonly respond: (request: InnerRequest) => RestResponse;
}

/**
 * Gives requests the time that the settings say they take.
 *
 * A request runs in a single step. Then its rows and their parents stay locked, and what it wrote unseen, until its time is
 * over. A request that needs one of these locks is rolled back and runs again when they are released. After `lockTimeoutMs`
 * it runs to its end, and the rows that are still locked fail with UNABLE_TO_LOCK_ROW ("Apex Developer Guide", Locking
 * Statements).
 */
export function createExecution({ database, settings, faults, respond }: Execution) {
  const attempt = (request: InnerRequest, waits: boolean): RestResponse | LockConflict => {
    const restore = faults.mark();
    database.begin({ waits });
    try {
      return database.transaction(() => respond(request));
    } catch (error) {
      if (!(error instanceof LockConflict)) throw error;
      restore();
      return error;
    }
  };

  const takeTime = async (): Promise<void> => {
    const { requestMs, recordMs } = settings.current;
    const durationMs = requestMs + recordMs * database.written;
    if (durationMs === 0) return;
    const release = database.hold();
    await sleep(durationMs, undefined, { ref: false });
    release();
  };

  return async (request: InnerRequest): Promise<RestResponse> => {
    const deadline = Date.now() + settings.current.lockTimeoutMs;
    let result = attempt(request, Date.now() < deadline);
    while (result instanceof LockConflict) {
      const timeout = sleep(deadline - Date.now(), undefined, { ref: false });
      await Promise.race([result.released, timeout]);
      result = attempt(request, Date.now() < deadline);
    }
    await takeTime();
    return result;
  };
}
