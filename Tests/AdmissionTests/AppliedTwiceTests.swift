import Admission
import Foundation
import ImageSwap
import Testing

/// The API server may ask again for an object that was patched (`reinvocationPolicy: IfNeeded`).
struct AppliedTwiceTests {
    /// Real bodies: with the patch in them nothing is left to change, images and pull secrets alike.
    @Test(arguments: Fixtures.names)
    func aPatchedObjectIsPatchedNoMore(name: String) throws {
        let json = try JSONSerialization.jsonObject(with: Fixtures.body(name))
        var review = try #require(json as? [String: Any])
        var request = try #require(review["request"] as? [String: Any])
        guard let object = request["object"] as? [String: Any] else { return }
        let policies = [
            "default::m.example.com\n[PULL_SECRET]m.example.com::one, two\n[PULL_SECRET]docker.io::hub",
            "default::m-\n[PULL_SECRET]m-::b\nquay.io::m.example.com/q-\n[PULL_SECRET]m.example.com/q-::q",
            "[PULL_SECRET]docker.io::hub\n[REPLACE]*::m.example.com:5000/x\n[PULL_SECRET]m.example.com::port",
        ]
        for policy in [try Fixtures.policy()] + policies.map({ .maps(Rules(MapFile($0))) }) {
            for operation in ["CREATE", "UPDATE"] {
                func answer(_ object: Any) throws -> Answer {
                    request["object"] = object
                    request["operation"] = operation
                    review["request"] = request
                    return try Answer(to: JSONSerialization.data(withJSONObject: review), policy: policy)
                }
                let operations = try answer(object).patchOperations()
                let patched = try JSONPatch(operations: operations).applied(to: object)
                let again = try answer(patched)
                #expect(try again.patchOperations().isEmpty, "\(operation)")
                #expect(again.outcome != .patched)
            }
        }
    }
}
