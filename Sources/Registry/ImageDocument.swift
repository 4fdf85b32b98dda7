// Manifests, indexes and configurations: https://github.com/opencontainers/image-spec. Only what is asked for is read.

private import FoundationEssentials

enum ImageDocument {
    struct Platform: Decodable, Equatable {
        var os: String?
        var architecture: String?
        var variant: String?
    }

    struct Child: Decodable {
        var digest: String
        var platform: Platform?
    }

    /// An index has `manifests`, a manifest has `config`.
    struct Manifest: Decodable {
        struct Descriptor: Decodable {
            var digest: String
            var mediaType: String?
        }

        var schemaVersion: Int
        var mediaType: String?
        var manifests: [Child]?
        var config: Descriptor?
    }

    /// What a request's Accept names.
    static let mediaTypes = [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ]

    /// Nil where the bytes are no manifest and no index of schema 2.
    static func manifest(_ bytes: [UInt8]) -> Manifest? {
        guard let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(bytes)),
            manifest.schemaVersion == 2, manifest.manifests != nil || manifest.config != nil
        else { return nil }
        if let mediaType = manifest.mediaType, !mediaTypes.contains(mediaType) { return nil }
        return manifest
    }

    /// The platform that an image's configuration names.
    static func platform(_ bytes: [UInt8]) -> Platform? {
        guard let found = try? JSONDecoder().decode(Platform.self, from: Data(bytes)), found.os != nil,
            found.architecture != nil
        else { return nil }
        return found
    }

    /// The codes of a registry's error body (distribution-spec, "Error Codes"); empty where it is none.
    static func errorCodes(_ bytes: [UInt8]) -> [String] {
        struct Body: Decodable {
            struct Item: Decodable { var code: String }
            var errors: [Item]
        }
        return (try? JSONDecoder().decode(Body.self, from: Data(bytes)))?.errors.map(\.code) ?? []
    }
}
