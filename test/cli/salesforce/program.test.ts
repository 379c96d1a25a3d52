import { describe, expect, it } from 'vitest';
import { run } from './harness.ts';

describe('salesforce event-id-field refuses', () => {
  it.each([
    ['Order__e', 'Only records'],
    ['Activity', 'Pass Task or Event'],
    ['Case.X', 'Pass API names'],
  ])('the object %s', async (object, text) => {
    const { exitCode, output } = await run(['event-id-field', object]);
    expect({ exitCode, output }).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining(text),
    });
  });

  it.each(['Event_Id', 'Event__Id__c', '1__c', `${'x'.repeat(41)}__c`])(
    'the field name %s',
    async (field) => {
      const { exitCode, output } = await run(['event-id-field', 'Case', '--field', field]);
      expect(exitCode).toBe(2);
      expect(output).toContain('API name of a custom field');
    },
  );
});
