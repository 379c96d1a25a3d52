import { runEntry } from '../entry.ts';
import { typedOption } from '../options.ts';

const environment = typedOption(process.argv, '--env');

await runEntry(
  async ({ args, terminal }) => {
    const { main } = await import('./program.ts');
    return main(args, terminal, async () => {
      const { createDeploymentClients } = await import('../environment/aws.ts');
      const { createRecord } = await import('./record.ts');
      return {
        ...terminal,
        createClients: createDeploymentClients,
        explicitRegion: process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'],
        record: createRecord(),
      };
    });
  },
  {
    afterInterrupt: `AWS finishes what has begun. To go on: npm run remove${environment && ` --${environment}`}`,
  },
);
