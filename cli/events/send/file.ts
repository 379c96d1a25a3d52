import { parseExact } from '../../../functions/common/json.ts';
import { UsageError } from '../../errors.ts';
import { readTextFile } from '../../files.ts';
import type { Dependencies } from '../dependencies.ts';
import { applyChanges, parseChange } from './change.ts';
import { fileSending } from './file-sending.ts';
import { runSending, type SendingOptions } from './sending.ts';

function parse(text: string, file: string): unknown {
  try {
    return parseExact(text);
  } catch (cause) {
    // Not the parser's message, which quotes the text.
    throw new UsageError(`${file} is not JSON, or is nested deeper than 100 levels.`, { cause });
  }
}

/**
 * Sends the document of a file: `send bus` to the bus, `send file` to where it belongs. Its numbers keep their digits.
 *
 * @returns the exit code.
 * @throws UsageError when the file is none that can be sent, before AWS is called.
 */
export async function sendFile(
  { command, file }: { readonly command: string; readonly file: string },
  options: SendingOptions & { readonly set?: readonly string[] },
  dependencies: Dependencies,
): Promise<number> {
  const changes = (options.set ?? []).map(parseChange);
  const document = applyChanges(parse(await readTextFile(file), file), changes);
  const clients = await dependencies.createClients(options);
  const sending = await fileSending(document, { clients, options, file, command });
  return runSending(sending, options, dependencies);
}
