/** Texts for conversations that are searched: some words that come often, and twenty thousand that come seldom. */
const WORDS =
  'the lab model answers with tokens while weaviate keeps vectors and prometheus counts requests of each service'.split(
    ' ',
  );

/** Repeatable, so that two runs search the same texts. */
export function sentences(seed: number, words: number): string {
  let state = seed + 1;
  const next = () => (state = (state * 48_271) % 2_147_483_647);
  return Array.from({ length: words }, () =>
    next() % 5 === 0 ? `word${next() % 20_000}` : WORDS[next() % WORDS.length],
  ).join(' ');
}
