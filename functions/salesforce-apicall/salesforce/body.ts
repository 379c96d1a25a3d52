import { parseExact } from '#common/json.ts';

/** In place of a media type: the connection ended before the body did. */
export const CUT_OFF = 'cut off';

/** An answer's body as it can be read. */
export interface ReadBody {
  /** Parsed where it is JSON, its numbers with all their digits; its text otherwise. */
  readonly body: unknown;
  /** The media type of a body that is neither empty nor JSON nor text, or `CUT_OFF`: no reply can hold it. */
  readonly unreadable?: string;
}

/** Apex REST answers in them, and files of event logs. An HTML page is a gateway's, whatever its status says. */
const isText = (type: string): boolean =>
  (type.startsWith('text/') && type !== 'text/html') || type.endsWith('xml');

export function readBody(text: string, contentType = ''): ReadBody {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase().slice(0, 100) ?? '';
  try {
    return { body: text === '' ? '' : parseExact(text) };
  } catch {
    return isText(type) ? { body: text } : { body: text, unreadable: type || 'none' };
  }
}
