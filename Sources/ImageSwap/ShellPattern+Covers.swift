extension ShellPattern {
    /// Whether this pattern takes every text that the other one takes. It says no where it cannot tell.
    ///
    /// The other's characters are fed to this pattern as to a machine; a `*` of the other must meet one of this.
    package func covers(_ other: ShellPattern) -> Bool {
        var states: Set<Int> = [0]
        for index in 0...other.tokens.count {
            if other.hasStar(before: index) { states = states.filter { hasStar(before: $0) } }
            guard index < other.tokens.count else { break }
            var next: Set<Int> = []
            for state in states {
                if hasStar(before: state) { next.insert(state) }
                if state < tokens.count, tokens[state].covers(other.tokens[index]) { next.insert(state + 1) }
            }
            states = next
        }
        return states.contains(tokens.count)
    }
}

extension ShellPattern.Token {
    fileprivate func covers(_ other: ShellPattern.Token) -> Bool {
        switch (self, other) {
        case (.any, _): true
        case (_, .one(let scalar)): takes(scalar)
        case (.set(let own, let isNegated), .set(let others, let areNegated)):
            own == others && isNegated == areNegated
        default: false
        }
    }
}
