import { useEffect, useState } from 'preact/hooks';
import { pathOf } from './api.ts';

/** Where the page is: `#/<view>/<parts…>?<query>`. Reload, back and forward lead to the same sight. */
export interface Address {
  readonly view: string;
  readonly parts: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

type Query = Readonly<Record<string, string | undefined>>;

/** A link's `href`. */
export const hrefOf = (parts: readonly string[], query: Query = {}): string =>
  pathOf(`#/${parts.map(encodeURIComponent).join('/')}`, query);

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // Typed by hand, with a lone %.
  }
}

function current(): Address {
  const [path = '', search = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [view = '', ...parts] = path.split('/').map(decode);
  return { view: view || 'flow', parts, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** Changes the address without a step for "back": what is typed into a filter is none. */
export function replaceAddress(parts: readonly string[], query: Query): void {
  history.replaceState(null, '', hrefOf(parts, query));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useAddress(): Address {
  const [address, setAddress] = useState(current);
  useEffect(() => {
    const follow = () => setAddress(current());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return address;
}
