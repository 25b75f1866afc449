/**
 * The strongly connected components of a graph (Tarjan 1972), without recursion: an ontology may be deeper than the stack.
 *
 * @param edges by node: the nodes that it points to
 * @returns components, each after all that it points to
 */
export function findComponents(edges: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const NONE = -1
  const order = new Int32Array(edges.length).fill(NONE)
  const low = new Int32Array(edges.length)
  const isOpen = new Uint8Array(edges.length)
  /** Where each node on the path is among its edges. */
  const nextEdge = new Int32Array(edges.length)
  const open: number[] = []
  const components: number[][] = []
  let visited = 0

  function enter(node: number): void {
    order[node] = low[node] = visited++
    open.push(node)
    isOpen[node] = 1
  }

  function leave(node: number): void {
    if (low[node] !== order[node]) return
    const component = open.splice(open.lastIndexOf(node))
    for (const member of component) isOpen[member] = 0
    components.push(component)
  }

  for (let root = 0; root < edges.length; root++) {
    if (order[root] !== NONE) continue
    const path = [root]
    enter(root)
    while (path.length > 0) {
      const node = path.at(-1)!
      const target = edges[node]![nextEdge[node]!++]
      if (target === undefined) {
        leave(node)
        path.pop()
        const parent = path.at(-1)
        if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!)
      } else if (order[target] === NONE) {
        enter(target)
        path.push(target)
      } else if (isOpen[target] === 1) {
        low[node] = Math.min(low[node]!, order[target]!)
      }
    }
  }
  return components
}
