import { connect } from './aws.ts';
import { main } from './program.ts';

process.exitCode = await main(process.argv.slice(2), {
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
  connect,
});
