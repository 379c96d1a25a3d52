import { type AwsClients, type CreateClients, createAwsErrorHandler } from '../../cli/aws.ts';
import { type Inventory, PERMISSIONS, readInventory } from '../../cli/doctor/inventory.ts';
import { RecentLines } from '../../cli/events/recent-lines.ts';
import { type EventStack, findEventStack } from '../../cli/events/stack.ts';
import type { StackOptions } from '../../cli/options.ts';
import { SharedReads } from './shared-reads.ts';

/** What every answer is made from. */
export interface Connected {
  readonly clients: AwsClients;
  readonly stack: Inventory;
  /** Where the stack's log lines and messages are. */
  readonly events: EventStack;
  /** Of the functions: what has been read of them stays when the stack is read anew. */
  readonly lines: RecentLines;
  readonly isLocal: boolean;
  /** Select the stack in commands. */
  readonly options: StackOptions;
}

/** A deployment changes the stack's resources, and nothing else does. */
const STACK_MS = 60_000;

/** The stack, and the clients to read it with. The console starts without either, so that the page can say what is missing. */
export class Connection {
  /** Those that select the stack. */
  readonly options: StackOptions;
  readonly #createClients: CreateClients;
  readonly #reads = new SharedReads<Connected>();
  #clients: Promise<AwsClients> | undefined;
  #lines: RecentLines | undefined;

  constructor(options: StackOptions, createClients: CreateClients) {
    this.options = options;
    this.#createClients = createClients;
  }

  /** Rejects with the error of `createClients` or CloudFormation; the next call tries again with new clients. */
  async get(): Promise<Connected> {
    try {
      return await this.#reads.read('stack', STACK_MS, () => this.#read());
    } catch (error) {
      this.reconnect();
      throw error;
    }
  }

  /** After an action: everything is read anew. */
  forget(): void {
    this.#reads.clear();
  }

  /** After credentials have expired, or the local stack has gone: with new clients, too. */
  reconnect(): void {
    this.forget();
    this.#clients = undefined;
    this.#lines = undefined;
  }

  async #read(): Promise<Connected> {
    // They are kept: a profile can ask for a code each time that its credentials are read.
    this.#clients ??= this.#createClients(this.options);
    const clients = await this.#clients;
    this.#lines ??= new RecentLines(clients);
    const lines = this.#lines;
    const onAwsError = createAwsErrorHandler(PERMISSIONS);
    const [stack, events] = await Promise.all([
      readInventory(clients, this.options),
      findEventStack(clients, this.options, onAwsError),
    ]);
    const options = { ...this.options, stackName: stack.name };
    return { clients, stack, events, lines, isLocal: options.local === true, options };
  }
}
