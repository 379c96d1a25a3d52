/** What a command may say about the stack that it brings up. */
export interface UpOptions {
  /** As people type it: said to whoever finds the stack running. */
  readonly command: string;
  /** Set by commands that end with the stack; absent: the stack stays up in the background. */
  readonly ownerPid?: number;
  readonly port?: number;
  readonly salesforceSecretFile?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** No step list: for commands whose output is read by programs. */
  readonly silent?: boolean;
}
