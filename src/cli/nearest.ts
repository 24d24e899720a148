/** The words that are least different from one that is none of them, at most three; nothing where none is like it. */
export function nearest(word: string, words: readonly string[]): string[] {
  const wanted = word.toLowerCase();
  const most = Math.max(2, Math.floor(wanted.length / 3));
  return words
    .map((one) => ({ one, distance: distanceOf(wanted, one.toLowerCase()) }))
    .filter(({ distance }) => distance <= most)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ one }) => one);
}

/** Levenshtein's: letters to put in, take out or exchange. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1)
      next.push(Math.min((row[j] ?? 0) + (letter === b[j] ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row[b.length] ?? 0;
}
