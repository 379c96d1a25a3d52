import leven from 'leven';

/** The known word that is closest to a mistyped one, if any is close. */
export function closest(word: string, known: Iterable<string>): string | undefined {
  const candidates = [...known].map((one) => ({
    one,
    distance: leven(word.toLowerCase(), one.toLowerCase()),
  }));
  const [best] = candidates.toSorted((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(1, Math.round(word.length / 3))
    ? best.one
    : undefined;
}

/** ` — did you mean x?`, or else what there is. */
export function instead(word: string, known: readonly string[], format = (one: string) => one) {
  const best = closest(word, known);
  if (best !== undefined) return ` — did you mean ${format(best)}?`;
  return known.length === 0
    ? ''
    : ` — there ${known.length === 1 ? 'is' : 'are'} ${known.map(format).join(', ')}`;
}
