/** A conversation is a tree: an edited question and a reply given anew stand beside the first one. Pure functions. */

export interface Node {
  id: string;
  parentId: string | null;
}

/** From the first message to `leafId`; to the newest one where that is not there. `nodes` are oldest first. */
export function pathTo<T extends Node>(nodes: readonly T[], leafId: string | null): T[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  let node = (leafId === null ? undefined : byId.get(leafId)) ?? nodes.at(-1);
  const path = new Set<T>();
  // A ring cannot come from us, but from a damaged file it would hang the server.
  while (node !== undefined && !path.has(node)) {
    path.add(node);
    node = node.parentId === null ? undefined : byId.get(node.parentId);
  }
  return [...path].toReversed();
}

/** The ids of each parent's messages, oldest first. */
export function childrenOf(nodes: readonly Node[]): Map<string | null, string[]> {
  const children = new Map<string | null, string[]>();
  for (const { id, parentId } of nodes) {
    const siblings = children.get(parentId);
    if (siblings === undefined) children.set(parentId, [id]);
    else siblings.push(id);
  }
  return children;
}

/** The end of the branch that goes on from `id`, by its newest messages. */
export function newestLeaf(nodes: readonly Node[], id: string): string {
  const children = childrenOf(nodes);
  let leaf = id;
  for (let steps = 0; steps < nodes.length; steps += 1) {
    const next = children.get(leaf)?.at(-1);
    if (next === undefined) break;
    leaf = next;
  }
  return leaf;
}

/** `id` and all that stands below it. */
export function branchFrom(nodes: readonly Node[], id: string): string[] {
  const children = childrenOf(nodes);
  const branch = new Set([id]);
  for (const one of branch) for (const child of children.get(one) ?? []) branch.add(child);
  return [...branch];
}
