import { deployedFunctions } from '../../local/chaos/functions.ts';
import { stack } from './kit.ts';

export const { physicalId, environmentOf, setEnvironment } = deployedFunctions(stack);
