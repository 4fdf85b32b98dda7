import Foundation
import Testing

/// What the project is for: real reviews in over TLS, the right patch out.
struct RealReviewsTests {
    @Test func everyRealBodyGetsItsPatchThroughNginx() throws {
        let expected = try Reviews.expected()
        let service = try Service(maps: expected.maps)
        #expect(expected.patches.count > 20)
        for (name, patch) in expected.patches {
            let reply = try service.post(Reviews.body(name))
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "application/json")
            #expect(try reply.patch() == patch, "\(name)")
        }
    }

    /// Real bodies reach 19 MB. Without optimisation the decoder takes a hundred times as long, and nginx's 2 s would be
    /// too short for that.
    static let largeBody = {
        #if DEBUG
            3_000_000
        #else
            19_000_000
        #endif
    }()

    @Test func aLargeBodyIsAnswered() throws {
        let service = try Service(maps: "default::m.example.com\n")
        let reply = try service.post(Self.review(filler: Self.largeBody))
        #expect(reply.status == 200)
        #expect(try reply.patch() == ["/spec/containers/0/image": "m.example.com/nginx"])
        #expect(try service.request("GET", "/healthz").status == 200)
    }

    @Test func tenThousandImagesAreAnswered() throws {
        let service = try Service(maps: "default::m.example.com\n")
        let containers = (0..<10_000).map { #"{"name":"c\#($0)","image":"i\#($0)"}"# }.joined(separator: ",")
        let reply = try service.post(Data(Self.review(containers: containers).utf8))
        #expect(try reply.patch().count == 10_000)
        #expect(try reply.patch()["/spec/containers/9999/image"] == "m.example.com/i9999")
        let over = try service.post(Data(Self.review(containers: containers + #",{"image":"i"}"#).utf8))
        #expect(over.status == 400)
        #expect(over.text.hasPrefix("the object has more than 10000 images (byte "), "\(over.text)")
    }

    static func review(filler: Int) -> Data {
        Data(
            review(containers: #"{"name":"c","env":"\#(String(repeating: "x", count: filler))","image":"nginx"}"#).utf8)
    }

    static func review(containers: String, metadata: String = "") -> String {
        #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","kind":{"kind":"Pod"},"#
            + #""operation":"CREATE","object":{"metadata":{\#(metadata)},"spec":{"containers":[\#(containers)]}}}}"#
    }
}
