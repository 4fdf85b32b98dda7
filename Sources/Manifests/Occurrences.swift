// How often a node counts in a document, its aliases followed.

extension Tree {
    /// One for where it stands, and more for aliases of it and of what it stands in.
    func occurrences(of node: Int, _ known: inout [Int: Int]) -> Int {
        if aliases.isEmpty { return 1 }
        // By hand instead of by recursion: a chain of aliases may be as long as the file.
        var waiting = [node]
        while let next = waiting.last {
            guard known[next] == nil else {
                waiting.removeLast()
                continue
            }
            var holders = (aliases[next] ?? []).map { Int(nodes[$0].parent) }
            if nodes[next].parent >= 0 { holders.append(Int(nodes[next].parent)) }
            let missing = holders.filter { known[$0] == nil }
            if missing.isEmpty {
                let count = holders.reduce(nodes[next].parent < 0 ? 1 : 0) { min($0 + (known[$1] ?? 0), 1 << 40) }
                known[next] = count
                waiting.removeLast()
            } else {
                waiting += missing
            }
        }
        return known[node] ?? 1
    }
}
