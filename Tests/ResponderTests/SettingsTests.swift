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

    @Test(
        arguments: [("300ms", 300), ("1s", 1000), ("10ms", 10), ("1000ms", 1000), ("", 300)])
    func theVerifiersDeadlineIsATime(text: String, milliseconds: Int) throws {
        let settings = try Settings(
            environment: ["IMAGESWAP_VERIFIER_SOCKET": "/s", "IMAGESWAP_VERIFY_DEADLINE": text])
        #expect(settings.verification?.socket == "/s")
        #expect(settings.verification?.deadline == .milliseconds(milliseconds))
        #expect(try Settings(environment: ["IMAGESWAP_VERIFY_DEADLINE": text]).verification == nil)
    }

    @Test(arguments: ["300", "0ms", "9ms", "1001ms", "2s", "-1s", "s", "ms", "1.5s", "1m", "99999999999999999999s"])
    func whatIsNoTimeThatAReviewCanWaitIsRefused(text: String) {
        #expect(throws: SettingError.self) { try Settings(environment: ["IMAGESWAP_VERIFY_DEADLINE": text]) }
    }

    @Test func whatBecomesOfUnknownImagesIsSwapOrKeep() throws {
        for (text, keeps) in [("swap", false), ("KEEP", true), ("", false)] {
            let settings = try Settings(environment: ["IMAGESWAP_VERIFY_UNKNOWN": text])
            #expect(settings.reviews.keepsUnknown == keeps)
        }
        #expect(throws: SettingError.self) { try Settings(environment: ["IMAGESWAP_VERIFY_UNKNOWN": "stay"]) }
    }

    @Test func anErrorNamesTheSettingItsValueAndWhatIsAllowed() {
        let error = #expect(throws: SettingError.self) { try Settings(environment: ["IMAGESWAP_MODE": "a\nb"]) }
        #expect(error?.description == #"IMAGESWAP_MODE is "a\nb": it must be MAPS or LEGACY"#)
    }
}
