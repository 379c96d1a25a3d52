import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, it } from 'vitest';
import { toPatterns } from '../../../cli/events/logs.ts';
import { createUnseen } from '../../../cli/events/tail.ts';
import { createScene } from './scene.ts';

describe('filter patterns', () => {
  it('have at most 1,024 characters, all ids, and each in quotation marks', () => {
    const ids = Array.from({ length: 60 }, (_, index) => `${index}-${'x'.repeat(34)}`);
    const patterns = toPatterns([...ids, 'with "quotes" \\']);
    expect(Math.max(...patterns.map(({ length }) => length))).toBeLessThanOrEqual(1_024);
    for (const id of ids)
      expect(patterns.some((pattern) => pattern.includes(`?"${id}"`))).toBe(true);
    expect(toPatterns(['with "quotes" \\'])).toEqual(['"with \\"quotes\\" \\\\"']);
  });

  it('are sent to each log group, one after the other', async () => {
    const { mocks, run } = createScene({});
    await run('show', 'a');
    const groups = mocks.logs
      .commandCalls(FilterLogEventsCommand)
      .map(({ args: [{ input }] }) => input.logGroupName);
    expect(groups).toHaveLength(3);
  });
});

describe('the lines of overlapping readings', () => {
  const text = (key: string, timestamp = 5) => ({ logicalId: 'F', timestamp, text: key, key });

  it('are each taken once, equal ones as often as they were written', () => {
    const unseen = createUnseen();
    expect(unseen.take([text('a'), text('a')], 0)).toHaveLength(2);
    expect(
      unseen.take([text('a'), text('a'), text('a'), text('b')], 0).map(({ key }) => key),
    ).toEqual(['a', 'b']);
    expect(unseen.take([text('a'), text('b')], 0)).toEqual([]);
  });

  it('are forgotten when they are not read again', () => {
    const unseen = createUnseen();
    unseen.take([text('a', 5)], 6);
    expect(unseen.take([text('a', 5)], 6)).toHaveLength(1);
  });
});
