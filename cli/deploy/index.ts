import { runEntry } from '../entry.ts';
import { typedOption } from '../options.ts';

await runEntry(
  async ({ args, terminal }) => {
    const { main } = await import('./program.ts');
    return main(args, terminal, async () => {
      const { createDeploymentClients, shellRegion } = await import('../environment/aws.ts');
      const { packageTemplate } = await import('./package.ts');
      return {
        ...terminal,
        createClients: createDeploymentClients,
        explicitRegion: process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'],
        shellRegion,
        packageTemplate,
        intervalMs: 2_000,
      };
    });
  },
  {
    afterInterrupt: `If CloudFormation has begun, it goes on. To see what has become of it: npm run deploy -- --dry-run${typedOption(process.argv, '--env')}`,
  },
);
