import type { Send } from '../../functions/salesforce-apicall/salesforce/transport.ts';
import type { StackChoice } from '../stack.ts';
import type { Ask } from './ask.ts';
import type { Aws } from './stack.ts';

/** The world around the commands. */
export interface World {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly ask: Ask;
  readonly connect: (choice: StackChoice) => Promise<Aws>;
  readonly send: Send;
}
