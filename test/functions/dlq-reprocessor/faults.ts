/** When a call to a faked service fails; `after`: it takes effect and then fails. */
export type Fault = 'none' | 'before' | 'after';

/**
 * Asked before each call, by the operation: `receive`, `remove`, `hide`, `send`, `put`, `store`, `publish`, `rule`,
 * `read`, `delete`.
 */
export type Faults = (operation: string) => Fault;

export const noFaults: Faults = () => 'none';

export const failing =
  (...operations: string[]): Faults =>
  (operation) =>
    operations.includes(operation) ? 'before' : 'none';

class ServiceError extends Error {
  override readonly name = 'ServiceUnavailable';
}

/** Makes a call with the fault that is set for it. */
export function call<Result>(faults: Faults, operation: string, effect: () => Result): Result {
  const fault = faults(operation);
  if (fault === 'before') throw new ServiceError();
  const result = effect();
  if (fault === 'after') throw new ServiceError();
  return result;
}
