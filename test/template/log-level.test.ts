import { describe, expect, it } from 'vitest';
import { resolveStack } from './stack.ts';
import { fields, list, template } from './template.ts';

const levels = list(template.Parameters['LogLevel']?.['AllowedValues']).map(String);

describe.each(levels)('LogLevel=%s', (LogLevel) => {
  const functions = Object.entries(resolveStack({ LogLevel }).Resources).filter(
    ([, { Type }]) => Type === 'AWS::Lambda::Function',
  );

  it('drops no metric: to Lambda they are lines of level INFO ("Log-level filtering")', () => {
    for (const [id, { Properties }] of functions) {
      const { ApplicationLogLevel } = fields(Properties['LoggingConfig']);
      expect([id, ['DEBUG', 'INFO'].includes(String(ApplicationLogLevel))]).toEqual([id, true]);
    }
  });

  it('is what the functions themselves leave lines out by', () => {
    for (const [id, { Properties }] of functions) {
      const variables = fields(fields(Properties['Environment'])['Variables']);
      expect([id, variables['POWERTOOLS_LOG_LEVEL']]).toEqual([id, LogLevel]);
    }
  });

  it('lets its own lines through', () => {
    for (const [, { Properties }] of functions) {
      const { ApplicationLogLevel } = fields(Properties['LoggingConfig']);
      expect(levels.indexOf(String(ApplicationLogLevel))).toBeLessThanOrEqual(
        levels.indexOf(LogLevel),
      );
    }
  });
});
