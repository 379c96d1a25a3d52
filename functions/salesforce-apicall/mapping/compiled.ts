import type { Mapping } from './definition.ts';

/** The mappings of `mappings/*.yaml`, in the order of their names. The build fills in the list. */
export const compiledMappings: readonly Mapping[] = [];
