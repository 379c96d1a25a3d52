import { deployedFunctions } from '../../local/chaos/functions.ts';
import { stack } from './harness.ts';

export const { physicalId, environmentOf, setEnvironment } = deployedFunctions(stack);
