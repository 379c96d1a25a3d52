import { describe, expect, it } from 'vitest';
import { fakeAccount } from '../environment/harness.ts';
import {
  answersChangeSet,
  executed,
  handedOver,
  run,
  useEmptyFolder,
  writeFile,
} from './harness.ts';

useEmptyFolder();

/** Deploys an environment with these parameters. */
async function deploy(parameters: Record<string, string>, ...args: string[]) {
  writeFile(parameters);
  const fake = fakeAccount();
  answersChangeSet(fake);
  const { exitCode, output } = await run(['--yes', ...args], fake);
  const { Mappings, MappedSources, MappedDetailTypes } = handedOver(fake);
  return {
    exitCode,
    output,
    types: { Mappings, MappedSources, MappedDetailTypes },
    executed: executed(fake),
  };
}

describe('npm run deploy of mappings', () => {
  it('sends MappingRule the sources and types of those that are enabled, and of no others', async () => {
    const Mappings = 'github-issue-to-case,order-to-records';
    expect((await deploy({ Mappings })).types).toEqual({
      Mappings,
      MappedSources: 'com.example.shop,github.com',
      MappedDetailTypes: 'Order Placed,issues',
    });
  });

  it('computes them anew when --set changes the mappings', async () => {
    const { types } = await deploy(
      { Mappings: 'github-issue-to-case' },
      '--set',
      'Mappings=order-to-records',
    );
    expect(types).toMatchObject({
      MappedSources: 'com.example.shop',
      MappedDetailTypes: 'Order Placed',
    });
  });

  it('takes those of all files for *', async () => {
    const { types } = await deploy({ Mappings: '"*"' });
    expect(types.MappedSources).toBe('com.example.shop,github.com,twilio.com');
  });

  it('leaves what the file says as it is', async () => {
    const { types } = await deploy({ Mappings: 'order-to-records', MappedSources: 'my.shop' });
    expect(types).toMatchObject({ MappedSources: 'my.shop', MappedDetailTypes: 'Order Placed' });
  });

  it('names a mapping that there is not, and deploys nothing', async () => {
    const { exitCode, executed: deployed, output } = await deploy({ Mappings: 'order-to-record' });
    expect({ exitCode, deployed }).toEqual({ exitCode: 2, deployed: 0 });
    expect(output).toMatch(/order-to-record\b.*did you mean order-to-records\?/);
  });
});
