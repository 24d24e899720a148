/** Asks once, and again when the answer is older than that. What failed is not remembered. */
export function remembered<Answer>(
  clock: () => Date,
  forMs: number,
  ask: () => Promise<Answer>,
): () => Promise<Answer> {
  let known: { readonly answer: Promise<Answer>; readonly until: number } | undefined;
  return () => {
    const now = clock().getTime();
    if (known && now < known.until) return known.answer;
    const answer = ask();
    const asked = { answer, until: now + forMs };
    known = asked;
    answer.catch(() => {
      if (known === asked) known = undefined;
    });
    return answer;
  };
}
