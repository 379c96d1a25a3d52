import { describe, expect, it } from 'vitest';
import { doctor, healthyStack } from '../harness.ts';

/** What doctor says of the mappings of a stack with these parameters. */
async function mappingsOf(parameters: Readonly<Record<string, string>>) {
  const { exitCode, output } = await doctor(healthyStack(parameters));
  const lines = output.split('\n');
  const at = lines.findIndex((line) => /^\w+ +mapping/.test(line));
  return { exitCode, line: lines[at], remedy: lines[at + 1] };
}

const order = { MappedSources: 'com.example.shop', MappedDetailTypes: 'Order Placed' };

describe('the mappings of a stack', () => {
  it('are none by default', async () => {
    const { exitCode, line } = await mappingsOf({});
    expect(exitCode).toBe(0);
    expect(line).toMatch(/ok +mappings: none is enabled/);
  });

  it('are fine if MappingRule sends all of their events', async () => {
    const { exitCode, line } = await mappingsOf({ Mappings: 'order-to-records', ...order });
    expect(exitCode).toBe(0);
    expect(line).toMatch(/ok +mappings: MappingRule sends the events of order-to-records$/);
  });

  it.each([
    ['source', { ...order, MappedSources: 'github.com' }],
    ['detail-type', { ...order, MappedDetailTypes: 'Order Returned' }],
  ])('fail if a %s is missing', async (_what, types) => {
    const { exitCode, line, remedy } = await mappingsOf({ Mappings: 'order-to-records', ...types });
    expect(exitCode).toBe(1);
    expect(line).toMatch(/failed +mapping order-to-records: MappingRule does not send all/);
    expect(remedy).toContain('npm run deploy');
  });

  it('fail if one is not in this folder', async () => {
    const { exitCode, line, remedy } = await mappingsOf({ Mappings: 'order-to-record' });
    expect(exitCode).toBe(1);
    expect(line).toMatch(/failed +mappings: .*order-to-record\b.*did you mean order-to-records\?/);
    expect(remedy).toContain('Mappings');
  });
});
