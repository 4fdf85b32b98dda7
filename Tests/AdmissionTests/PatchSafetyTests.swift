// Whatever an object's images are, the patch changes image fields, and nothing else.

import Admission
import Foundation
import ImageSwap
import TestSupport
import Testing

struct PatchSafetyTests {
    static let pieces = [
        "a", "nginx", "x-y", "/", ":", "@", "1", "a.io", "a.io:5000", "docker.io/", "library/", "\"", "\\", "\"}",
        "\",\"", "\n", "\0",
        "\u{7f}", "é", "\u{1f600}", "\u{2028}", " ", "X", "\"},{\"op\":\"remove\",\"path\":\"/spec", "~1", "%22",
        "\\u0022", "..",
        "sha256:" + repeated("0", 64), "'", "<", "&", "[", "*", "-", "_",
    ]

    static let maps = [
        "default::m.example.com", "default::m.example.com/p-",
        "docker.io::m.example.com\na.io::\ndefault::n.example.com/x",
        "[REPLACE]*::m.example.com", "[REPLACE]*\"*::m.example.com/q\n[REPLACE]*::m-",
        "[EXACT]a::b\"c\ndefault::m\n[EXACT]nginx::x\\y",
    ]

    /// Values of which no valid reference can come.
    static let hostileMaps = [
        "default::m.example.com/\"x", "default::\"-", "[REPLACE]*::\\\ndefault::m",
        "[EXACT]a::b\"c\n[EXACT]nginx::x\\y",
        "a.io::m.example.com:tag\ndefault::é", "default::m.example.com\"},{\"op\"",
    ]

    static func image(_ random: inout SplitMix64) -> String {
        guard random.chance(60) else { return random.pick(["a", "nginx", "a.io/x:1", "docker.io/x/y", "b.io:5000/q"]) }
        return (0..<random.below(5)).map { _ in random.pick(pieces) }.joined()
    }

    static func element(_ random: inout SplitMix64, isVolume: Bool) -> Any {
        guard !random.chance(5) else { return NSNull() }
        var element: [String: Any] = ["name": random.pick(pieces), "command": [random.pick(pieces)]]
        guard !random.chance(10) else { return element }
        element["image"] = isVolume ? ["reference": image(&random), "pullPolicy": "Always"] : image(&random)
        return element
    }

    static func podSpec(_ random: inout SplitMix64) -> [String: Any] {
        var spec: [String: Any] = ["hostname": random.pick(pieces)]
        for list in ImageList.allCases where random.chance(70) {
            spec[list.name] = (0..<random.below(4)).map { _ in element(&random, isVolume: list == .volumes) }
        }
        return spec
    }

    /// A value with others put in at JSON Pointers, which must be there and be texts.
    static func replacing(_ value: Any, _ path: ArraySlice<Substring>, by text: String) throws -> Any {
        guard let step = path.first else {
            _ = try #require(value as? String)
            return text
        }
        if var object = value as? [String: Any] {
            object[String(step)] = try replacing(#require(object[String(step)]), path.dropFirst(), by: text)
            return object
        }
        var array = try #require(value as? [Any])
        let index = try #require(Int(step))
        try #require(array.indices.contains(index))
        array[index] = try replacing(array[index], path.dropFirst(), by: text)
        return array
    }

    /// An object with each image swapped by itself, found by walking it as a tree.
    static func swapped(_ spec: [String: Any], _ policy: SwapPolicy) -> [String: Any] {
        var spec = spec
        for list in ImageList.allCases {
            guard let elements = spec[list.name] as? [Any] else { continue }
            spec[list.name] = elements.map { element -> Any in
                guard var element = element as? [String: Any] else { return element }
                if list == .volumes, var image = element["image"] as? [String: Any] {
                    if let reference = image["reference"] as? String {
                        image["reference"] = policy.swap(reference).image
                    }
                    element["image"] = image
                } else if let image = element["image"] as? String {
                    element["image"] = policy.swap(image).image
                }
                return element
            }
        }
        return spec
    }

    static func object(_ spec: [String: Any], at place: PodSpecPlace) -> [String: Any] {
        let names = place.pointer.split(separator: "/").map(String.init)
        var object = spec
        for name in names.reversed() { object = [name: object, "status": ["image": "x"]] }
        return object
    }

    static func text(_ value: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: value, options: .sortedKeys), as: UTF8.self)
    }

    @Test(arguments: maps + hostileMaps)
    func thePatchMakesOfTheObjectWhatEachImagesSwapDoes(maps: String) throws {
        var random = SplitMix64(seed: 1)
        let policy = SwapPolicy.maps(Rules(MapFile(maps)))
        var patched = 0
        for _ in 0..<150 {
            let place = random.pick(PodSpecPlace.allCases)
            let spec = Self.podSpec(&random)
            let object = Self.object(spec, at: place)
            let body = review(kind: place.kind, object: try Self.text(object))
            let answer = try Answer(to: Data(body.utf8), policy: policy)
            var result: Any = object
            for operation in try answer.operations() {
                #expect(operation.keys.sorted() == ["op", "path", "value"] && operation["op"] == "replace")
                let value = try #require(operation["value"])
                #expect((try? ImageReference(Array(value.utf8).span)) != nil)
                let path = try #require(operation["path"]).split(separator: "/")
                #expect(path.last == "image" || path.suffix(2) == ["image", "reference"])
                result = try Self.replacing(result, path[...], by: value)
            }
            #expect(try Self.text(result) == Self.text(Self.object(Self.swapped(spec, policy), at: place)))
            if answer.outcome == .patched { patched += 1 }
        }
        #expect(Self.hostileMaps.contains(maps) ? patched == 0 : patched > 50)
    }
}
