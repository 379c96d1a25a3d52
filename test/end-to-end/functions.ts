import { deployedFunctions } from '../../local/faults/functions.ts';
import { stack } from './harness.ts';

export const { physicalId, environmentOf, setEnvironment } = deployedFunctions(stack);
