declare module 'spdx-satisfies' {
  /** Whether one of the approved licences, or several of them, are all that the expression asks for. */
  function satisfies(expression: string, approved: readonly string[]): boolean;
  export = satisfies;
}
