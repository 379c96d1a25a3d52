import { describe, expect, it } from 'vitest';
import { requestFailureClasses } from '../../../functions/common/failure-policy.ts';
import { failureClasses } from '../../../functions/dlq-reprocessor/names.ts';

describe('failure classes', () => {
  it("are apicall's and that of events which the bus did not accept", () => {
    const known = [...requestFailureClasses, 'publish-failed'];
    expect([...failureClasses].sort()).toEqual(known.sort());
  });
});
