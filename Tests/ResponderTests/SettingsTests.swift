import Admission
import Logging
import Responder
import Testing

struct SettingsTests {
    @Test func nothingSetIsTheOriginalsDefaults() throws {
        let settings = try Settings(environment: ["HOME": "/root"])
        #expect(settings == Settings())
        #expect(settings.mode == .maps(file: "/app/maps/imageswap-maps.conf"))
        #expect(settings.disableLabel == "k8s.twr.io/imageswap")
        #expect(settings.logLevel == .info)
    }

    @Test(
        arguments: [
            (["IMAGESWAP_MODE": "maps", "IMAGESWAP_MAPS_FILE": "/m"], .maps(file: "/m")),
            (["IMAGESWAP_MODE": "", "IMAGE_PREFIX": "ignored"], .maps(file: "/app/maps/imageswap-maps.conf")),
            (["IMAGESWAP_MODE": "Legacy", "IMAGE_PREFIX": "a.io/b"], .legacy(prefix: "a.io/b")),
            (["IMAGESWAP_MODE": "LEGACY"], .legacy(prefix: "")),
        ] as [([String: String], Settings.Mode)])
    func theModeIsReadInAnyCase(environment: [String: String], mode: Settings.Mode) throws {
        #expect(try Settings(environment: environment).mode == mode)
    }

    @Test(
        arguments: [
            ("debug", .debug), ("INFO", .info), ("Warn", .warning), ("warning", .warning), ("FATAL", .critical),
        ] as [(String, Logger.Level)])
    func logLevelsAreReadInAnyCase(name: String, level: Logger.Level) throws {
        #expect(try Settings(environment: ["IMAGESWAP_LOG_LEVEL": name]).logLevel == level)
    }

    @Test(arguments: ["a", "k8s.twr.io/imageswap", "A_b.c-9", "x/\(String(repeating: "n", count: 63))"])
    func labelKeysAreTaken(key: String) throws {
        #expect(try Settings(environment: ["IMAGESWAP_DISABLE_LABEL": key]).disableLabel == key)
    }

    @Test(arguments: ["a/b/c", "/a", "a/", "-a", "a-", "a b", "ä", String(repeating: "n", count: 64), "x_y/n"])
    func whatIsNoLabelKeyIsRefused(key: String) {
        #expect(throws: SettingError.self) { try Settings(environment: ["IMAGESWAP_DISABLE_LABEL": key]) }
    }

    @Test(arguments: ["IMAGESWAP_AUDIT", "IMAGESWAP_IGNORE_LABELS", "IMAGESWAP_WARN", "IMAGESWAP_STRICT_MAPS"])
    func aSwitchIsTrueOrFalse(name: String) throws {
        func values(_ settings: Settings) -> [Bool] {
            [settings.reviews.isTrial, settings.reviews.ignoresLabels, settings.reviews.warns, settings.isStrict]
        }
        for (text, isOn) in [("true", true), ("TRUE", true), ("1", true), ("", false), ("false", false), ("no", false)]
        {
            let settings = try Settings(environment: [name: text])
            #expect(values(settings).count { $0 } == (isOn ? 1 : 0))
        }
        #expect(throws: SettingError.self) { try Settings(environment: [name: "maybe"]) }
    }

    @Test func namespacesHaveMapsInMapsModeOnly() throws {
        let environment = ["IMAGESWAP_NAMESPACE_MAPS_DIR": "/own"]
        #expect(try Settings(environment: environment).namespaceMaps == "/own")
        let legacy = environment.merging(["IMAGESWAP_MODE": "LEGACY"]) { $1 }
        #expect(try Settings(environment: legacy).namespaceMaps == nil)
    }

    @Test func anErrorNamesTheSettingItsValueAndWhatIsAllowed() {
        let error = #expect(throws: SettingError.self) { try Settings(environment: ["IMAGESWAP_MODE": "a\nb"]) }
        #expect(error?.description == #"IMAGESWAP_MODE is "a\nb": it must be MAPS or LEGACY"#)
    }
}
