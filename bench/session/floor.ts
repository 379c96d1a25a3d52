import { sayCpu } from './cpu.ts';

/** What any of these processes costs: Node's start and its end. */
sayCpu();
process.exit(0);
