import { createDeploymentClients, shellRegion } from '../environment/aws.ts';
import { defaultFolder } from '../environment/file.ts';
import { createTerminal } from '../terminal.ts';
import { packageTemplate } from './package.ts';
import { main } from './program.ts';

process.exitCode = await main(process.argv.slice(2), {
  ...createTerminal(process),
  createClients: createDeploymentClients,
  folder: defaultFolder,
  explicitRegion: process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'],
  shellRegion,
  packageTemplate,
  intervalMs: 2_000,
});
