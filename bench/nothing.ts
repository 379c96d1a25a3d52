import { printFigures } from './figures.ts';

/** The cost of any process: Node's start and exit. */
printFigures();
process.exit(0);
