import { apiError } from './errors.ts';
import type { Faults } from './faults.ts';
import type { WriteHooks } from './org/hooks.ts';

/** Faults with scope `record`, which fail single writes, alone, in collections, and in composite. */
export const createRecordFaults = (faults: Faults): WriteHooks => ({
  onWrite: ({ method, path, fields }) => {
    const fault = faults.take('record', { method, url: path, body: JSON.stringify(fields) });
    if (fault) throw apiError(fault.status, fault.errorCode, fault.message, []);
  },
});
