import { useEffect, useState } from 'preact/hooks';

type Query = Readonly<Record<string, string | undefined>>;

/** Where the page is: `#/<view>/<parts…>?<query>`. Reload, back and forward lead to the same sight. */
export interface Address {
  readonly view: string;
  readonly parts: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** `path?name=value…`, without empty values. */
export function pathOf(path: string, query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

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

/** Leads to an address at once. What is typed into a filter replaces the last: it is no step for "back". */
export function lead(how: 'pushState' | 'replaceState', href: string): void {
  history[how](null, '', href);
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
