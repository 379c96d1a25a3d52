const KEY = 'token';

/**
 * Moves the token from the address (`#token=…`) into this tab's session storage: a reload keeps it, while a copied
 * address, a bookmark and a screenshot don't have it. Other tabs don't see it.
 */
export function takeToken(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get(KEY);
  if (token === null) return;
  sessionStorage.setItem(KEY, token);
  history.replaceState(null, '', '#/flow');
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Empty when the page was opened without one: the server then answers 401. */
export const currentToken = (): string => sessionStorage.getItem(KEY) ?? '';
