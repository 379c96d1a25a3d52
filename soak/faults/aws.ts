import type { ApiCall, Fault } from '../../local/chaos/fault-proxy.ts';
import type { Tally } from './tally.ts';

type Choose = (call: ApiCall) => Fault | undefined;

const words = {
  'reset-before': 'connection reset before the call was made',
  'reset-after': 'connection reset after the call was made',
  hang: 'no answer',
} as const;

const nameOf = (fault: Fault): string =>
  fault.kind === 'answer' && fault.status === 200
    ? 'entries refused'
    : fault.kind === 'answer'
      ? `answered ${fault.status}`
      : words[fault.kind];

/** `PutEvents` of `AWSEvents.PutEvents`; the method of an API without operations in its headers. */
const operationOf = ({ operation }: ApiCall): string =>
  /\.(\w+)$/.exec(operation)?.[1] ?? operation.split(' ', 1)[0] ?? operation;

/** Counts what a plan of faults plays. */
export const counted =
  (tally: Tally, hop: string, choose: Choose): Choose =>
  (call) => {
    const fault = choose(call);
    if (fault !== undefined) tally.count(hop, `${operationOf(call)}: ${nameOf(fault)}`);
    return fault;
  };

const refusal: Fault = {
  kind: 'answer',
  status: 200,
  body: { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'no' }] },
};
const unavailable: Fault = { kind: 'answer', status: 503, body: { __type: 'ServiceUnavailable' } };

/** A bus that from time to time takes nothing for so many calls, and else fails as `choose` says. */
export function createBusWindow(choose: Choose) {
  let left = 0;
  let window = refusal;
  return {
    refuse: (calls: number, how: 'entries' | 'calls'): void => {
      left = calls;
      window = how === 'entries' ? refusal : unavailable;
    },
    choose: (call: ApiCall): Fault | undefined => {
      if (left === 0 || call.operation !== 'AWSEvents.PutEvents') return choose(call);
      left -= 1;
      return window;
    },
  };
}
