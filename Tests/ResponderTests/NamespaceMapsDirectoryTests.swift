import Foundation
import Glibc
import Logging
import Responder
import Testing

/// The directory of namespaces' map files, looked at again and again.
struct NamespaceMapsDirectoryTests {
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appending(path: "maps-\(UUID().uuidString)")

        init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(at: url) }

        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: url.appending(path: name), options: .atomic)
        }

        func remove(_ name: String) throws { try FileManager.default.removeItem(at: url.appending(path: name)) }
    }

    /// A class, since an expectation takes no value that its expression changes.
    private final class Watched {
        private var directory: NamespaceMapsDirectory

        init(_ folder: Folder, isStrict: Bool) throws {
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            directory = try NamespaceMapsDirectory(path: folder.url.path, isStrict: isStrict, log: quiet)
        }

        var maps: NamespaceMaps { directory.maps }
        var isFailing: Bool { directory.isFailing }

        func look(isForced: Bool) -> Bool { directory.look(isForced: isForced) }
    }

    private static func directory(_ folder: Folder, isStrict: Bool = false) throws -> Watched {
        try Watched(folder, isStrict: isStrict)
    }

    private static func texts(_ directory: Watched) -> [String: String] {
        directory.maps.texts.mapValues { String(decoding: $0, as: UTF8.self) }
    }

    @Test func whatIsThereAtTheStartServes() throws {
        let folder = try Folder()
        try folder.write("default::a", "team-a.conf")
        try folder.write("default::b", "Team_B.conf")
        try folder.write("default::c", "README")
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "dir.conf"), withIntermediateDirectories: true)
        // Nobody writes into it: whoever opens it waits.
        let made = unsafe mkfifo(folder.url.appending(path: "pipe.conf").path, 0o600)
        #expect(made == 0)
        let directory = try Self.directory(folder)
        #expect(Self.texts(directory) == ["team-a": "default::a"])
        #expect(!directory.isFailing)
    }

    @Test func aDirectoryThatIsNotThereIsAnErrorAtTheStart() throws {
        let folder = try Folder()
        try FileManager.default.removeItem(at: folder.url)
        let error = #expect(throws: MapFileError.self) { try Self.directory(folder) }
        #expect(error?.description.hasPrefix("the directory of namespaces' map files \(folder.url.path)") == true)
    }

    @Test func aChangeIsTakenOnceItHasStayed() throws {
        let folder = try Folder()
        let directory = try Self.directory(folder)
        #expect(!directory.look(isForced: false))
        try folder.write("default::a", "a.conf")
        #expect(!directory.look(isForced: false))
        #expect(directory.look(isForced: false))
        #expect(Self.texts(directory) == ["a": "default::a"])
        #expect(!directory.look(isForced: false))

        try folder.write("default::b", "a.conf")
        #expect(!directory.look(isForced: false))
        try folder.write("default::cc", "a.conf")
        #expect(!directory.look(isForced: false))
        #expect(directory.look(isForced: false))
        #expect(Self.texts(directory) == ["a": "default::cc"])

        try folder.write("default::d", "a.conf")
        #expect(directory.look(isForced: true))
        #expect(Self.texts(directory) == ["a": "default::d"])

        try folder.remove("a.conf")
        #expect(directory.look(isForced: false))
        #expect(Self.texts(directory).isEmpty)
    }

    @Test(arguments: ["", "# nothing\n", "no rule at all"])
    func anEmptiedFileKeepsWhatServed(text: String) throws {
        let folder = try Folder()
        try folder.write(text, "a.conf")
        let directory = try Self.directory(folder)
        #expect(!directory.isFailing)
        try folder.write("default::", "a.conf")
        #expect(directory.look(isForced: true))
        try folder.write(text, "a.conf")
        #expect(!directory.look(isForced: true))
        #expect(Self.texts(directory) == ["a": "default::"])
        #expect(directory.isFailing)
        try folder.write("default::", "a.conf")
        #expect(!directory.look(isForced: true))
        #expect(!directory.isFailing)
    }

    @Test func inStrictModeAnInvalidLineKeepsWhatServedOfThatNamespaceAlone() throws {
        let folder = try Folder()
        try folder.write("a::b::c", "new.conf")
        try folder.write("default::a", "a.conf")
        let directory = try Self.directory(folder, isStrict: true)
        #expect(Self.texts(directory) == ["a": "default::a"])
        #expect(directory.isFailing)
        try folder.remove("new.conf")
        try folder.write("default::b\n[PULL_SECRET]b::Not_A_Name", "a.conf")
        try folder.write("default::c", "c.conf")
        #expect(directory.look(isForced: true))
        #expect(Self.texts(directory) == ["a": "default::a", "c": "default::c"])
        #expect(directory.isFailing)
    }

    @Test func aDirectoryThatGoesAwayKeepsWhatServed() throws {
        let folder = try Folder()
        try folder.write("default::a", "a.conf")
        let directory = try Self.directory(folder)
        let aside = folder.url.appendingPathExtension("aside")
        try FileManager.default.moveItem(at: folder.url, to: aside)
        #expect(!directory.look(isForced: true))
        #expect(directory.isFailing)
        #expect(Self.texts(directory) == ["a": "default::a"])
        try FileManager.default.moveItem(at: aside, to: folder.url)
        #expect(!directory.look(isForced: false))
        #expect(!directory.isFailing)
    }

    @Test func filesThatAreTooLargeTogetherAreRefusedOneByOne() throws {
        let folder = try Folder()
        let large = "default::a\n" + String(repeating: "# filling\n", count: 900_000)
        try folder.write(large, "a.conf")
        try folder.write(large, "b.conf")
        try folder.write("default::c", "c.conf")
        let directory = try Self.directory(folder)
        #expect(directory.maps.texts.keys.sorted() == ["a", "c"])
        #expect(directory.isFailing)
        try folder.remove("a.conf")
        #expect(directory.look(isForced: true))
        #expect(directory.maps.texts.keys.sorted() == ["b", "c"])
        #expect(!directory.isFailing)
    }
}
