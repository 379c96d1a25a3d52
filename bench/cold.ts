import { readFileSync } from 'node:fs';
import { printFigures } from './figures.ts';

/** One cold start: loads the handler, handles the event in a file, and exits with 0 if it was accepted. */
const [, , eventFile = ''] = process.argv;
const bundle = './index.mjs';
const event: unknown = JSON.parse(readFileSync(eventFile, 'utf8'));
const { handler } = await import(bundle);
const { statusCode } = await handler(event, { getRemainingTimeInMillis: () => 9_000 });
printFigures();
process.exit(statusCode === 202 ? 0 : 1);
