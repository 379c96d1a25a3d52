/** How to start or update the stack. */
export interface UpOptions {
  /** The command as typed, for messages about a running stack. */
  readonly command: string;
  /** The process that the stack ends with; if missing, the stack keeps running in the background. */
  readonly ownerPid?: number;
  readonly port?: number;
  readonly salesforceSecretFile?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Prints no list of steps, for commands whose output is parsed. */
  readonly silent?: boolean;
}
