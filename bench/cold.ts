import { readFileSync } from 'node:fs';
import { sayFigures } from './figures.ts';

/** One cold start: loads the handler beside it, handles the event in a file, exits with 0 if it was accepted. */
const [, , eventFile = ''] = process.argv;
const bundle = './index.mjs';
const event: unknown = JSON.parse(readFileSync(eventFile, 'utf8'));
const { handler } = await import(bundle);
const { statusCode } = await handler(event, { getRemainingTimeInMillis: () => 9_000 });
sayFigures();
process.exit(statusCode === 202 ? 0 : 1);
