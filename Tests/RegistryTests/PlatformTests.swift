internal import Registry
internal import Testing
internal import VerifierProtocol

@Suite struct PlatformTests {
    private static func child(_ name: String, _ platform: String) -> String {
        let parts = platform.split(separator: "/")
        let variant = parts.count > 2 ? #","variant":"\#(parts[2])""# : ""
        return
            #"{"digest":"\#(digest(name))","platform":{"os":"\#(parts[0])","architecture":"\#(parts[1])"\#(variant)}}"#
    }

    private static let index =
        #"{"schemaVersion":2,"manifests":["#
        + [child("amd", "linux/amd64"), child("arm", "linux/arm64/v8"), child("x", "unknown/unknown")]
        .joined(separator: ",") + "]}"

    private func ask(_ platforms: String..., index: String, children: [String]) throws -> (Finding, [String]) {
        var script = try Script { $0.platforms = platforms.compactMap { Platform($0) } }
        let finding = try script.ask("r.example/a:1") { request in
            let name = request.address.path.split(separator: "/").last.map(String.init) ?? ""
            if name == "1" { return .manifest(digest(index)) }
            if name == digest(index) { return .answer(200, [:], index) }
            return children.contains { digest($0) == name } ? .manifest(name) : .absent
        }
        return (finding, script.log)
    }

    @Test func indexCarriesThePlatforms() throws {
        let (finding, log) = try ask("linux/amd64", "linux/arm64", index: Self.index, children: ["amd", "arm"])
        #expect(finding == Finding(.present(digest: Array(digest(Self.index).utf8))))
        #expect(log.count == 4)
        #expect(try ask("linux/arm64/v8", index: Self.index, children: ["arm"]).0.isPresent)
    }

    @Test func indexWithoutThePlatformIsAbsent() throws {
        let (finding, _) = try ask("linux/amd64", "linux/s390x", index: Self.index, children: ["amd", "arm"])
        #expect(finding == Finding(.absent, "its index lacks linux/s390x"))
        #expect(try ask("linux/arm64/v7", index: Self.index, children: ["arm"]).0.answer == .absent)
    }

    /// An index may be copied without all that it names.
    @Test func platformWhoseManifestIsNotThereIsAbsent() throws {
        let (finding, _) = try ask("linux/amd64", "linux/arm64", index: Self.index, children: ["amd"])
        #expect(finding == Finding(.absent, "a manifest of its index is not there"))
    }

    @Test(arguments: [("linux/amd64", true), ("linux/arm64", false)])
    func manifestAloneIsForOnePlatform(_ platform: String, isPresent: Bool) throws {
        let configuration = #"{"os":"linux","architecture":"amd64"}"#
        let manifest = #"{"schemaVersion":2,"config":{"digest":"\#(digest(configuration))"}}"#
        var script = try Script { $0.platforms = [Platform(platform)].compactMap { $0 } }
        let finding = try script.ask("r.example/a@\(digest(manifest))") {
            $0.address.path.contains("/blobs/") ? .answer(200, [:], configuration) : .answer(200, [:], manifest)
        }
        #expect(finding.isPresent == isPresent)
        #expect(finding.answer == .absent || isPresent)
    }

    @Test func configurationMustBeTheOneThatIsNamed() throws {
        let manifest = #"{"schemaVersion":2,"config":{"digest":"\#(someDigest)"}}"#
        var script = try Script { $0.platforms = [Platform("linux/amd64")].compactMap { $0 } }
        let finding = try script.ask("r.example/a@\(digest(manifest))") {
            $0.address.path.contains("/blobs/")
                ? .answer(200, [:], #"{"os":"linux","architecture":"amd64"}"#) : .answer(200, [:], manifest)
        }
        #expect(finding.answer == .unknown)
    }

    @Test(arguments: ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "Linux/amd64", "linux/am d"])
    func textIsNoPlatform(_ text: String) { #expect(Platform(text) == nil) }
}
