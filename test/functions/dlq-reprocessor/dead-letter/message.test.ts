import { describe, expect, it } from 'vitest';
import { requestFailureClasses } from '../../../../functions/common/failure-policy.ts';
import { failureClasses } from '../../../../functions/dlq-reprocessor/dead-letter/message.ts';

describe('failure classes', () => {
  it('are those of apicall and that of events that the bus did not accept', () => {
    const known = [...requestFailureClasses, 'publish-failed'];
    expect([...failureClasses].sort()).toEqual(known.sort());
  });
});
