import { createTransport } from '../../functions/salesforce-apicall/salesforce/transport.ts';
import { createAsk } from './ask.ts';
import { main } from './program.ts';
import { connect } from './stack.ts';

process.exitCode = await main(process.argv.slice(2), {
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
  ask: createAsk({ input: process.stdin, output: process.stderr }),
  connect,
  send: createTransport(),
});
