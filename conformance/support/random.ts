/** A small generator whose numbers, from 0 to below 1, are the same in every run (Park and Miller 1988). */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
