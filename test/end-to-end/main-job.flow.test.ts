import { describe, expect, it } from 'vitest';
import { demoSteps } from '../../local/demo/steps.ts';
import { observer, stack } from './harness.ts';

describe('the main job, as the demo shows it', () => {
  it.each(demoSteps(stack, observer).map((step) => [step.title, step] as const))(
    '%s',
    async (_title, step) => {
      expect(await step.run()).not.toBe('');
    },
  );
});
