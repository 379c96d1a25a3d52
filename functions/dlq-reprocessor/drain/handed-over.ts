/** The letters that this process has handed over, so that one whose deletion failed is not handed over again. */
export interface HandedOver {
  readonly has: (messageId: string) => boolean;
  readonly add: (messageId: string) => void;
}

/** The oldest are forgotten first: by then their letters are gone, or another process sees them anyway. */
const MAX_REMEMBERED = 10_000;

export function rememberHandedOver(): HandedOver {
  const ids = new Set<string>();
  return {
    has: (messageId) => ids.has(messageId),
    add: (messageId) => {
      ids.add(messageId);
      const [oldest] = ids;
      if (ids.size > MAX_REMEMBERED && oldest !== undefined) ids.delete(oldest);
    },
  };
}
