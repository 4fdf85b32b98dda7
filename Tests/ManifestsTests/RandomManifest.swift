import ImageSwap
import TestSupport

/// A manifest of everything that YAML can write in more than one way, and what it must become.
struct RandomManifest {
    private(set) var text = ""
    /// The same with other images.
    private(set) var wanted = ""
    private(set) var images = 0

    private var random: SplitMix64
    private let policy: SwapPolicy
    private var anchors = 0
    private var isSwapped = true

    init(seed: UInt64, policy: SwapPolicy) {
        random = SplitMix64(seed: seed)
        self.policy = policy
        if random.chance(15) { add("\u{feff}") }
        let count = 1 + Int(random.next() % 3)
        for number in 0..<count {
            if number > 0 || random.chance(50) { add(random.pick(["---\n", "--- # \tdocument\n", "---\t\n"])) }
            if random.chance(30) { add("# image: nginx\t— größer\n") }
            if random.chance(20) { list() } else { object(indent: 0) }
            if random.chance(15) { add("...\n") }
        }
        if random.chance(20) {
            text = text.replacing("\n", with: "\r\n")
            wanted = wanted.replacing("\n", with: "\r\n")
        }
    }

    private mutating func add(_ part: String) {
        text += part
        wanted += part
    }

    private mutating func line(_ indent: Int, _ part: String) { add(Self.spaces(indent) + part + "\n") }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    // MARK: objects

    private mutating func list() {
        add("apiVersion: v1\nkind: List\nitems:\n")
        for _ in 0...random.next() % 3 {
            add("- ")
            object(indent: 2, isFirstLineOpen: true)
        }
    }

    private static let places: [(kind: String, path: [String])] = [
        ("Pod", ["spec"]), ("Deployment", ["spec", "template", "spec"]), ("PodTemplate", ["template", "spec"]),
        ("CronJob", ["spec", "jobTemplate", "spec", "template", "spec"]), ("Rollout", ["spec", "template", "spec"]),
    ]

    private mutating func object(indent: Int, isFirstLineOpen: Bool = false) {
        let place = random.pick(Self.places)
        isSwapped = !random.chance(10)
        add((isFirstLineOpen ? "" : Self.spaces(indent)) + "kind: \(random.pick([place.kind, "\"\(place.kind)\""]))\n")
        line(indent, "apiVersion: v1")
        line(indent, "metadata:")
        line(indent + 2, "name: \(random.pick(["web", "\"w\\u00e9b\"", "größe", "'it''s'"]))")
        if !isSwapped { line(indent + 2, "labels: {k8s.twr.io/imageswap: disabled}") }
        if random.chance(50) {
            line(indent + 2, "annotations:")
            line(indent + 4, "image: nginx:1.27 # no image\tat all")
            line(indent + 4, "script: |")
            line(indent + 6, "containers:")
            line(indent + 6, "- image: nginx  # 日本語")
            if random.chance(50) { line(indent + 4, "'emoji': \"🐳 image: nginx\"") }
        }
        var indent = indent
        for name in place.path {
            line(indent, name + ":" + random.pick(["", " ", " # \tc"]))
            indent += 2
        }
        podSpec(indent)
        isSwapped = true
    }

    private mutating func podSpec(_ indent: Int) {
        var lists = ["containers", "initContainers", "ephemeralContainers"].filter { _ in random.chance(60) }
        if lists.isEmpty { lists = ["containers"] }
        if random.chance(10) {
            // Repeated: the last one counts, and this one is not it.
            line(indent, "\(lists[0]): [{name: old, image: nginx}]")
        }
        for list in lists {
            line(indent, list + ":")
            if random.chance(30) { line(indent, "# - image: x") }
            containers(indent + random.pick([0, 2]))
        }
        if random.chance(30) {
            line(indent, "volumes:")
            line(indent, "- name: v")
            add(Self.spaces(indent) + "  image: {reference: ")
            image(isFlow: true)
            add(", pullPolicy: Always}\n")
            line(indent, "- {name: w, emptyDir: {}}")
        }
        if random.chance(30) { line(indent, "nodeSelector: {image: nginx, \"a\":b}") }
    }

    /// Containers of a list, some of them with what the first one says.
    private mutating func containers(_ indent: Int) {
        var mapping: String?
        var scalar: String?
        for number in 0...random.next() % 4 {
            let start = Self.spaces(indent)
            if let mapping, random.chance(40) {
                switch random.next() % 3 {
                case 0: add("\(start)- *\(mapping)\n")
                case 1: add("\(start)- <<: *\(mapping)\n\(start)  name: c\(number)\n")
                default:
                    add("\(start)- name: c\(number)\n\(start)  <<: [*\(mapping)]\n\(start)  image: ")
                    image(isFlow: false, indent: indent + 4)
                    add("\n")
                }
                continue
            }
            if let scalar, random.chance(40) {
                add("\(start)- {name: c\(number), image: *\(scalar) }\n")
                continue
            }
            switch random.next() % 4 {
            case 0:
                add("\(start)- {name: c\(number), image: ")
                image(isFlow: true)
                add(random.pick([", env: [], args: [\"image: x\"]}\n", "}\t# c\n", " }\n"]))
            case 1 where mapping == nil:
                let anchor = newAnchor()
                add("\(start)- &\(anchor)\n\(start)  name: c\(number)\n\(start)  image: ")
                image(isFlow: false, indent: indent + 4)
                add("\n")
                mapping = anchor
            case 2 where scalar == nil:
                let anchor = newAnchor()
                add("\(start)- name: c\(number)\n\(start)  image: &\(anchor) ")
                image(isFlow: true)
                add("\n")
                scalar = anchor
            default:
                add("\(start)- name: c\(number)\n")
                if random.chance(20) { add("\(start)  image: old/one\n") }
                add(
                    "\(start)  \(random.pick(["image", "\"image\"", "'image'", "\"im\\u0061ge\""])):\(random.pick([" ", "  "]))"
                )
                image(isFlow: false, indent: indent + 4)
                add(random.pick(["\n", "\n\n"]))
                if random.chance(30) { add("\(start)  env: [{name: image, value: nginx}] #\tt\n") }
            }
        }
    }

    private mutating func newAnchor() -> String {
        anchors += 1
        return "a\(anchors)"
    }

    // MARK: images

    private static let names = [
        "nginx", "nginx:1.27", "bitnami/redis:7", "quay.io/a/b:1", "ghcr.io/a/b", "registry.k8s.io/pause:3.9",
        "localhost:5000/x", "gcr.io/a/debug-x:1", "busybox:1.36", "registry.example.com/there", "größe", "a b/c",
        "x:y:z",
        "docker.io/library/nginx@sha256:0123456789012345678901234567890123456789012345678901234567890123",
    ]

    private mutating func image(isFlow: Bool, indent: Int = 0) {
        let image = random.pick(Self.names)
        let result = isSwapped ? policy.swap(image).image : image
        images += result == image ? 0 : 1
        func add(_ before: String, _ after: String) {
            text += before + image + after
            wanted += before + result + after
        }
        switch random.next() % (isFlow ? 3 : 5) {
        case 0:
            // A plain one needs quotes where what it becomes is no plain string; none of these does.
            if image.contains(": ") { add("'", "'") } else { add(random.pick(["", "", "!!str "]), "") }
        case 1: add("'", "'")
        case 2:
            if result != image, random.chance(50) {
                // An escape goes with the image that it is in.
                text += "\"\\x" + String(image.utf8.first ?? 0x61, radix: 16) + image.dropFirst() + "\""
                wanted += "\"" + result + "\""
            } else {
                add("\"", "\"")
            }
        case 3: add(random.pick(["|-\n", "|- # c\n", "|2-\n"]).replacing("|2-", with: "|-") + Self.spaces(indent), "")
        default: add(">-\n" + Self.spaces(indent), "")
        }
    }
}
