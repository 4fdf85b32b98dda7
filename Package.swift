// swift-tools-version: 6.3
// The architecture, read from here: which target may see which. `ImageSwap` and `Admission` name no C
// target, so they are pure, and so are `VerifierProtocol`, `MapCheck` and `CELPolicy`; only `FastCGI` sees libfcgi, only
// `Certificates` OpenSSL, only `Kubernetes` and `Verifier` libcurl and only `YAML` libyaml.

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "imageswap",
    products: [
        .executable(name: "imageswap-responder", targets: ["imageswap-responder"]),
        .executable(name: "imageswap-init", targets: ["imageswap-init"]),
        .executable(name: "imageswap-verifier", targets: ["imageswap-verifier"]),
        .executable(name: "imageswap", targets: ["imageswap-cli"]),
        // For tests only: they preload it into programs.
        .library(name: "KillSwitch", type: .dynamic, targets: ["KillSwitch"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        // C libraries
        .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CPosix"),

        // The pure core
        .target(name: "ImageSwap", swiftSettings: settings),
        .target(name: "Admission", dependencies: ["ImageSwap"], swiftSettings: settings),

        // What the responder and the verifier say to each other: bytes, no socket
        .target(name: "VerifierProtocol", swiftSettings: settings),

        // The world outside
        .target(name: "Posix", dependencies: ["CPosix"], swiftSettings: settings),
        .target(name: "Logs", dependencies: ["ImageSwap", "Posix", logging], swiftSettings: settings),
        .target(name: "FastCGI", dependencies: ["CFastCGI", "Posix"], swiftSettings: settings),
        .target(name: "Metrics", dependencies: ["Posix"], swiftSettings: settings),
        .target(name: "Certificates", dependencies: ["COpenSSL", "Posix"], swiftSettings: settings),
        .target(name: "YAML", dependencies: ["CYAML"], swiftSettings: settings),
        .target(name: "Kubernetes", dependencies: ["CCurl", "Posix", "YAML"], swiftSettings: settings),

        // Whether images are there: what registries are asked, and what they answer; who carries it is not known here
        .target(
            name: "Registry", dependencies: ["Certificates", "ImageSwap", "Posix", "VerifierProtocol"],
            swiftSettings: settings),

        .target(
            name: "Verifier",
            dependencies: ["CCurl", "Logs", "Metrics", "Posix", "Registry", "VerifierProtocol", logging],
            swiftSettings: settings),

        // Certificates and the registration of the webhook in a cluster
        .target(
            name: "Provisioning", dependencies: ["Certificates", "Kubernetes", "Posix", "YAML", logging],
            swiftSettings: settings),

        // Map files and manifests, for people and pipelines, and the program that they use. The program's target is not
        // named as the program: on a file system that ignores case, Sources/imageswap would be Sources/ImageSwap.
        .target(name: "MapCheck", dependencies: ["ImageSwap"], swiftSettings: settings),
        .target(name: "Manifests", dependencies: ["Admission", "ImageSwap", "YAML"], swiftSettings: settings),
        .target(name: "CELPolicy", dependencies: ["ImageSwap"], swiftSettings: settings),
        .executableTarget(
            name: "imageswap-cli",
            dependencies: [
                "Admission", "CELPolicy", "Certificates", "ImageSwap", "Manifests", "MapCheck", "Posix", "Registry",
                "Verifier", "VerifierProtocol", argumentParser,
            ],
            swiftSettings: settings),

        // The service, and the programs that start it
        .target(
            name: "Responder",
            dependencies: [
                "Admission", "Certificates", "FastCGI", "ImageSwap", "Logs", "Metrics", "Posix", "VerifierProtocol",
                logging,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "imageswap-responder", dependencies: ["ImageSwap", "Logs", "Posix", "Responder", argumentParser],
            swiftSettings: settings),
        .executableTarget(
            name: "imageswap-init",
            dependencies: [
                "Certificates", "ImageSwap", "Kubernetes", "Posix", "Provisioning", argumentParser, logging,
            ],
            swiftSettings: settings),

        .executableTarget(
            name: "imageswap-verifier",
            dependencies: ["ImageSwap", "Logs", "Posix", "Registry", "Verifier", argumentParser],
            swiftSettings: settings),

        // What measures: no product. In this package, since the pure core is seen within it only.
        .target(name: "CountedMalloc", path: "Benchmarks/CountedMalloc"),
        .executableTarget(
            name: "imageswap-bench", dependencies: ["Admission", "CountedMalloc", "ImageSwap"],
            path: "Benchmarks/InProcess", swiftSettings: settings),

        // What tests need of others: no product.
        .target(
            name: "TestSupport", dependencies: ["Logs", "Posix", "VerifierProtocol"], path: "Tests/TestSupport",
            swiftSettings: settings),
        .target(
            name: "APIServerStandIn", dependencies: ["COpenSSL", "Certificates", "Kubernetes", "Posix", "YAML"],
            path: "Tests/APIServerStandIn", swiftSettings: settings),
        .target(
            name: "ClusterSimulation",
            dependencies: [
                "APIServerStandIn", "Certificates", "Kubernetes", "Posix", "Provisioning", "TestSupport", logging,
            ],
            path: "Tests/ClusterSimulation", swiftSettings: settings),
        // Registries, real and hostile, and the real verifier; who tests with them depends on `imageswap-verifier` too.
        .target(
            name: "RegistryServers", dependencies: ["Certificates", "Posix", "TestSupport", "VerifierProtocol"],
            path: "Tests/RegistryServers", swiftSettings: settings),
        .target(name: "KillSwitch", path: "Tests/KillSwitch", linkerSettings: [.linkedLibrary("dl")]),

        .testTarget(
            name: "ImageSwapTests", dependencies: ["ImageSwap", "TestSupport"], resources: [.copy("Golden")],
            swiftSettings: settings),
        .testTarget(
            name: "AdmissionTests", dependencies: ["Admission", "ImageSwap", "TestSupport"],
            resources: [.copy("Golden"), .copy("Reviews")],
            swiftSettings: settings),
        .testTarget(name: "PosixTests", dependencies: ["Posix", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "LogsTests", dependencies: ["Logs", "Posix", "TestSupport", logging], swiftSettings: settings),
        .testTarget(name: "FastCGITests", dependencies: ["FastCGI", "Posix", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics", "Posix"], swiftSettings: settings),
        .testTarget(name: "CertificatesTests", dependencies: ["Certificates", "Posix"], swiftSettings: settings),
        .testTarget(
            name: "KubernetesTests", dependencies: ["APIServerStandIn", "Certificates", "Kubernetes", "Posix"],
            swiftSettings: settings),
        .testTarget(
            name: "ProvisioningTests",
            dependencies: [
                "APIServerStandIn", "Certificates", "ClusterSimulation", "Kubernetes", "Posix", "Provisioning",
                "TestSupport", "YAML", logging,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ManifestsTests", dependencies: ["Admission", "ImageSwap", "Manifests", "TestSupport"],
            swiftSettings: settings),
        .testTarget(name: "MapCheckTests", dependencies: ["ImageSwap", "MapCheck"], swiftSettings: settings),
        .testTarget(
            name: "CommandTests", dependencies: ["ImageSwap", "RegistryServers", "TestSupport", "imageswap-cli"],
            swiftSettings: settings),
        .testTarget(
            name: "ResponderTests",
            dependencies: [
                "Admission", "ImageSwap", "Logs", "Metrics", "Posix", "Responder", "TestSupport", "VerifierProtocol",
                logging,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "VerifierProtocolTests", dependencies: ["TestSupport", "VerifierProtocol"], swiftSettings: settings),
        .testTarget(
            name: "RegistryTests",
            dependencies: ["Certificates", "Posix", "Registry", "TestSupport", "VerifierProtocol"],
            swiftSettings: settings),
        .testTarget(
            name: "VerifierTests",
            dependencies: [
                "Certificates", "Posix", "Registry", "RegistryServers", "TestSupport", "Verifier", "VerifierProtocol",
                "imageswap-verifier",
            ],
            swiftSettings: settings),
        .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: settings),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "APIServerStandIn", "Certificates", "ClusterSimulation", "Kubernetes", "Posix", "Provisioning",
                "RegistryServers", "TestSupport", "imageswap-init", "imageswap-responder", "imageswap-verifier",
            ],
            swiftSettings: settings),
    ]
)

// What fuzzes (scripts/fuzz): in this package, since the pure core is seen within it only, and only when asked for,
// since libFuzzer brings the `main` that they lack.
if Context.environment["IMAGESWAP_FUZZ"] != nil {
    let fuzzing = settings + [.unsafeFlags(["-parse-as-library"])]
    package.targets += [
        .target(name: "FuzzSupport", path: "Fuzzing/Support", swiftSettings: settings),
        .executableTarget(
            name: "fuzz-review", dependencies: ["Admission", "FuzzSupport", "ImageSwap"], path: "Fuzzing/Review",
            swiftSettings: fuzzing),
        .executableTarget(
            name: "fuzz-map", dependencies: ["FuzzSupport", "ImageSwap", "MapCheck"], path: "Fuzzing/Map",
            swiftSettings: fuzzing),
        .executableTarget(
            name: "fuzz-manifest", dependencies: ["FuzzSupport", "ImageSwap", "Manifests"], path: "Fuzzing/Manifest",
            swiftSettings: fuzzing),
        .executableTarget(
            name: "fuzz-reference", dependencies: ["FuzzSupport", "ImageSwap"], path: "Fuzzing/Reference",
            swiftSettings: fuzzing),
        .executableTarget(
            name: "fuzz-verifier", dependencies: ["FuzzSupport", "Posix", "Registry", "VerifierProtocol"],
            path: "Fuzzing/Verifier", swiftSettings: fuzzing),
    ]
}
