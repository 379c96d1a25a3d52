import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type SimulatorOptions, startSimulator } from './server.ts';

const { values } = parseArgs({ options: { config: { type: 'string' } } });
if (values.config === undefined)
  throw new Error('Usage: node local/salesforce/main.ts --config FILE');

const options: SimulatorOptions = JSON.parse(await readFile(values.config, 'utf8'));
const simulator = await startSimulator(options);
console.log(JSON.stringify({ url: simulator.url }));

const stop = async (): Promise<void> => {
  await simulator.close();
  process.exit(0);
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
