import ImageSwap
import Manifests

/// An image that manifests use, and where a swap puts it.
struct MirroredImage {
    /// What makes two uses one image.
    struct Name: Hashable {
        let image: String
        let target: String
    }

    struct Use {
        let file: String
        let line: Int
        /// Empty where it is none of Kubernetes'.
        let object: String
        let container: String

        var place: String {
            let name = container.isEmpty ? object : "\(object) \(container)"
            return "\(file):\(line)" + (name.isEmpty ? "" : " (\(name))")
        }
    }

    let image: String
    let target: String
    /// Nil where its object is left alone.
    let decision: Decision?
    let line: Int?
    /// The file of that line.
    let file: String?
    /// `line 3`
    private let lineName: String?
    /// What pods need to pull the target.
    private let pullSecrets: [String]
    var uses: [Use] = []

    init(_ use: Rewriting.Use, _ rules: ServingRules) {
        image = use.image
        target = use.result
        decision = use.swap?.decision
        line = use.swap?.line
        file = use.swap?.rule.flatMap(rules.path)
        lineName = use.swap?.rule.map(rules.name)
        pullSecrets = use.swap == nil ? [] : rules.policy.pullSecrets?.need(of: use.result)?.names ?? []
    }

    var name: Name { Name(image: image, target: target) }

    private var decisionName: String { decision?.name ?? "opted-out" }

    var json: JSONText {
        [
            "image": .string(image), "target": .string(target), "decision": .string(decisionName),
            "file": JSONText(file), "line": JSONText(line), "pullSecrets": .array(pullSecrets.map { .string($0) }),
            "uses": .array(
                uses.map { use in
                    [
                        "file": .string(use.file), "line": .number(use.line), "object": .string(use.object),
                        "container": .string(use.container),
                    ]
                }),
        ]
    }

    static func table(_ images: [MirroredImage]) -> String {
        let rows =
            [["IMAGE", "TARGET", "DECISION", "USED BY"]]
            + images.map { image -> [String] in
                let more = image.uses.count > 1 ? " and \(image.uses.count - 1) more" : ""
                let by = image.decisionName + (image.lineName.map { ", \($0)" } ?? "")
                return [
                    image.image.printable, image.image == image.target ? "(stays)" : image.target, by,
                    image.uses[0].place + more,
                ]
            }
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            (0..<3).map { row[$0].padded(to: widths[$0] + 2) }.joined() + row[3].printable + "\n"
        }.joined()
    }

    /// RFC 4180, but for its line ends.
    static func csv(_ images: [MirroredImage]) -> String {
        let rows =
            [["image", "target", "decision", "line", "uses", "first_use"]]
            + images.map { image in
                [
                    image.image, image.target, image.decisionName, image.line.map { "\($0)" } ?? "",
                    "\(image.uses.count)", image.uses[0].place,
                ]
            }
        return rows.map { row in
            row.map { field in
                let isPlain = !field.contains { "\",\n\r".contains($0) }
                return isPlain ? field : "\"\(field.replacing("\"", with: "\"\""))\""
            }.joined(separator: ",") + "\n"
        }.joined()
    }
}
