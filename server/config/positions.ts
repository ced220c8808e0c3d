/** Where the keys of a YAML document stand in its text; offsets count UTF-16 units from 0. */
import { isMap, isNode, isScalar, isSeq } from 'yaml';

/** Of the key at that path; of its nearest known parent, when it is absent. */
export function offsetOf(contents: unknown, path: readonly PropertyKey[]): number {
  let node = contents;
  let offset = 0;
  for (const key of path) {
    const pair = isMap(node) ? node.items.find((item) => nameOf(item.key) === String(key)) : undefined;
    const inside: unknown = isSeq(node) ? node.items[Number(key)] : pair?.value;
    const mark = isSeq(node) ? inside : pair?.key;
    if (!isNode(mark)) break;
    offset = mark.range?.[0] ?? offset;
    node = inside;
  }
  return offset;
}

/** Keys that stand twice in one map, each where it stands again. */
export function duplicateKeys(node: unknown): { key: string; offset: number }[] {
  if (isSeq(node)) return node.items.flatMap(duplicateKeys);
  if (!isMap(node)) return [];
  const seen = new Set<string>();
  return node.items.flatMap(({ key, value }) => {
    const name = nameOf(key);
    if (name === undefined) return duplicateKeys(value);
    const again = seen.has(name) && isScalar(key) ? [{ key: name, offset: key.range?.[0] ?? 0 }] : [];
    seen.add(name);
    return [...again, ...duplicateKeys(value)];
  });
}

function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}
