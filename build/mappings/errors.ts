/** The files of mappings, or their names in a parameter, have errors. The message says where, and what would be right. */
export class MappingsError extends Error {
  override readonly name = 'MappingsError';
}
