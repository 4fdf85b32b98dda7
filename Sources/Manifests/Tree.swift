/// A document's values and where each of them stands in the file.
///
/// Nodes are numbers into one array, in the order of the file, so that a document of any size costs few allocations.
package struct Tree: Sendable {
    package enum Kind: UInt8, Sendable {
        case scalar
        /// Its children are keys and values in turn, repeated keys as they come.
        case mapping
        case sequence
        /// YAML's `*name`: `target` is the node that it stands for.
        case alias
    }

    package enum Style: UInt8, Sendable {
        case plain, singleQuoted, doubleQuoted, literal, folded
    }

    package struct Node: Sendable {
        package let kind: Kind
        package let style: Style
        /// Whether a scalar is a string to Kubernetes, rather than a number, a boolean or null.
        package let isString: Bool
        /// What a scalar means.
        package let text: String
        /// Bytes of the file, without an anchor or a tag, but with quotes.
        package internal(set) var range: Range<Int>
        var parent: Int32
        var firstChild: Int32 = -1
        var next: Int32 = -1
        var target: Int32 = -1
    }

    package internal(set) var nodes: [Node] = []
    /// For each node that an alias stands for, the aliases.
    var aliases: [Int: [Int]] = [:]
    /// The last child so far of each collection that is still open, from the outermost on.
    private var open: [(node: Int, lastChild: Int)] = []

    package static let root = 0

    init() {}

    // MARK: building

    /// Adds a node to the collection that was opened last.
    @discardableResult
    mutating func add(
        _ kind: Kind, _ range: Range<Int>, text: String = "", style: Style = .plain, isString: Bool = false
    ) -> Int {
        let index = nodes.count
        nodes.append(
            Node(
                kind: kind, style: style, isString: isString, text: text, range: range,
                parent: Int32(open.last?.node ?? -1)))
        if let (parent, last) = open.last {
            if last < 0 { nodes[parent].firstChild = Int32(index) } else { nodes[last].next = Int32(index) }
            open[open.count - 1].lastChild = index
        }
        return index
    }

    mutating func enter(_ node: Int) { open.append((node, -1)) }

    /// - Parameter end: the byte behind the collection.
    mutating func leave(end: Int) {
        guard let (node, _) = open.popLast() else { return }
        nodes[node].range = nodes[node].range.lowerBound..<end
    }

    /// How many collections are open.
    var depth: Int { open.count }

    func isOpen(_ node: Int) -> Bool { open.contains { $0.node == node } }

    // MARK: reading

    /// The node that an alias stands for, or the node itself.
    package func resolved(_ node: Int) -> Int {
        let target = nodes[node].target
        return target < 0 ? node : Int(target)
    }

    package func children(_ node: Int) -> Children { Children(tree: self, following: nodes[node].firstChild) }

    package struct Children: Sequence, IteratorProtocol {
        let tree: Tree
        var following: Int32

        package mutating func next() -> Int? {
            guard following >= 0 else { return nil }
            let node = Int(following)
            following = tree.nodes[node].next
            return node
        }
    }

    /// The elements of a sequence; of none where it is none.
    package func elements(_ node: Int?) -> [Int] {
        guard let node else { return [] }
        let list = resolved(node)
        return nodes[list].kind == .sequence ? Array(children(list)) : []
    }

    /// A scalar that is a string; nil for anything else.
    package func string(_ node: Int?) -> String? {
        guard let node else { return nil }
        let scalar = nodes[resolved(node)]
        return scalar.kind == .scalar && scalar.isString ? scalar.text : nil
    }

    /// What a mapping has under a key. Of repeated keys the last one counts, as in Go; then come the mappings that
    /// YAML's `<<` merges in, the first of which counts that has the key.
    package func value(_ node: Int?, _ key: String) -> Int? {
        guard let node else { return nil }
        return value(node, key, depth: 0)
    }

    /// The value under a key of each key of a path.
    package func value(_ node: Int?, path: [String]) -> Int? { path.reduce(node) { value($0, $1) } }

    /// The node that a JSON Pointer (RFC 6901) leads to. Only names without `/` and `~` are understood.
    package func node(at pointer: String, below root: Int) -> Int? {
        pointer.split(separator: "/").reduce(root) { (node: Int?, part) in
            guard let node else { return nil }
            if nodes[resolved(node)].kind == .mapping { return value(node, String(part)) }
            guard let index = Int(part) else { return nil }
            let elements = elements(node)
            return elements.indices.contains(index) ? elements[index] : nil
        }
    }

    private func value(_ node: Int, _ key: String, depth: Int) -> Int? {
        let mapping = resolved(node)
        guard nodes[mapping].kind == .mapping, depth < Self.mergeLimit else { return nil }
        var found: Int?
        var child = nodes[mapping].firstChild
        while child >= 0 {
            let value = nodes[Int(child)].next
            guard value >= 0 else { break }
            if nodes[resolved(Int(child))].text == key { found = Int(value) }
            child = nodes[Int(value)].next
        }
        if let found { return found }
        for source in merged(mapping) {
            if let found = self.value(source, key, depth: depth + 1) { return found }
        }
        return nil
    }

    /// How deep merged mappings may merge others.
    private static let mergeLimit = 32

    /// The mappings that `<<` merges into a mapping, the one that counts most first.
    func merged(_ mapping: Int) -> [Int] {
        guard mayMerge else { return [] }
        var sources: [Int] = []
        var child = nodes[mapping].firstChild
        while child >= 0 {
            let value = nodes[Int(child)].next
            guard value >= 0 else { break }
            let key = nodes[Int(child)]
            if key.kind == .scalar, key.style == .plain, key.text == "<<" {
                let source = resolved(Int(value))
                sources += nodes[source].kind == .sequence ? elements(source).map(resolved) : [source]
            }
            child = nodes[Int(value)].next
        }
        return sources
    }

    /// Whether there is a `<<` at all.
    var mayMerge = false
}
