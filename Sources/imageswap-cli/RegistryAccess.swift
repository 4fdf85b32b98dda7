// Asking registries what is there, as imageswap-verifier does.

import Admission
import ArgumentParser
import ImageSwap
import Posix
import Registry
import Verifier
import VerifierProtocol

/// How registries are asked; the options of imageswap-verifier, as far as one run needs them.
struct RegistryAccess: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Credentials of registries, as docker login writes them. (default: ~/.docker/config.json, if it is there)",
            valueName: "file"),
        completion: .file())
    var configFile: String?

    @Option(
        help: ArgumentHelp("CA files of registries: <dir>/HOST[:PORT]/ca.crt.", valueName: "dir"),
        completion: .directory)
    var hosts: String?

    @Option(help: ArgumentHelp("A registry without TLS. May be repeated.", valueName: "host[:port]"))
    var plainHttp: [String] = []

    @Option(
        help: ArgumentHelp(
            "Another host that gets a registry's credentials for a token. May be repeated.", valueName: "host=realm"))
    var tokenRealm: [String] = []

    @Option(help: ArgumentHelp("Images must be there for these, as linux/amd64,linux/arm64.", valueName: "list"))
    var platforms: String?

    @Option(help: ArgumentHelp("How long registries are asked at most, for all images.", valueName: "seconds"))
    var patience: Int = 60

    func validate() throws {
        guard (1...3600).contains(patience) else { throw ValidationError("--patience must be from 1 to 3600 seconds.") }
        _ = try options()
    }

    /// What registries say of images, by their canonical names; in the same order.
    func ask(_ images: [[UInt8]]) throws -> [Finding] {
        guard !images.isEmpty else { return [] }
        Signal.pipe.ignore()
        var options = Verifier.Options(userAgent: "imageswap/\(imageSwapVersion)")
        options.credentials = configFile ?? Self.dockersFile
        options.authorities = hosts
        options.registries = try self.options()
        return Verifier(options).findings(of: images, within: .seconds(patience))
    }

    private func options() throws -> RegistryOptions {
        var options = RegistryOptions()
        do throws(RegistryOptions.Problem) {
            for text in plainHttp { try options.addPlainHost(text) }
            for text in tokenRealm { try options.addTokenRealm(text) }
            if let platforms { try options.addPlatforms(platforms) }
        } catch {
            throw ValidationError("\(error).")
        }
        return options
    }

    private static var dockersFile: String? {
        let environment = [String: String].current
        let folder = environment["DOCKER_CONFIG"] ?? environment["HOME"].map { "\($0)/.docker" }
        return folder.map { "\($0)/config.json" }.flatMap { (try? FileStatus(of: $0)) == nil ? nil : $0 }
    }
}

extension Presence {
    init(_ finding: Finding) {
        switch finding.answer {
        case .present(let digest): self = .present(digest: digest)
        case .absent: self = .absent
        case .unknown: self = .unknown
        }
    }
}

extension Finding {
    /// `there`, `absent` or `unknown`, with why.
    var text: String {
        switch answer {
        case .present(let digest): "there, \(String(decoding: digest, as: UTF8.self))"
        case .absent: "absent" + (reason.map { ": \($0)" } ?? "")
        case .unknown: "unknown" + (reason.map { ": \($0)" } ?? "")
        }
    }
}
