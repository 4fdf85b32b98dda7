import APIServerStandIn
import Foundation
import Kubernetes
import Testing

struct ErrorTests {
    private func read(_ client: KubernetesClient) throws(KubernetesError) -> Secret? {
        try client.secret("imageswap-ca", namespace: namespace)
    }

    /// What is answered, and what the caller learns.
    struct Case: Sendable {
        let fault: Fault
        let cause: KubernetesError.Cause
        let exitCode: Int32
        let text: String
    }

    private static let cases = [
        Case(
            fault: .status(401), cause: .unauthorized("Unauthorized"), exitCode: 77,
            text: "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": the API server does not know"
                + " these credentials (401): Unauthorized"),
        Case(
            fault: .status(403, body: "{\"message\":\"exceeded quota\"}"), cause: .forbidden("exceeded quota"),
            exitCode: 77,
            text:
                "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": forbidden (403): exceeded quota"
        ),
        Case(
            fault: .status(400, body: "{\"reason\":\"BadRequest\",\"message\":\"no\"}"),
            cause: .refused(status: 400, reason: "BadRequest", message: "no"), exitCode: 78,
            text: "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": refused (400 BadRequest): no"),
        Case(
            fault: .status(302, headers: ["Location": "https://example.com/"], body: "elsewhere"),
            cause: .refused(status: 302, reason: "", message: "elsewhere"), exitCode: 78,
            text: "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": refused (302): elsewhere"),
        Case(
            fault: .status(410),
            cause: .expired("The resourceVersion for the provided watch is too old."),
            exitCode: 69,
            text: "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": too old (410):"
                + " The resourceVersion for the provided watch is too old."),
        Case(
            fault: .conflict,
            cause: .conflict(
                "Operation cannot be fulfilled on secrets \"imageswap-ca\": the object has been modified; please apply"
                    + " your changes to the latest version and try again"), exitCode: 78,
            text: "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": changed meanwhile (409):"
                + " Operation cannot be fulfilled on secrets \"imageswap-ca\": the object has been modified; please"
                + " apply your changes to the latest version and try again"),
        Case(
            fault: .status(200, body: "<html>"), cause: .unreadable("no JSON"), exitCode: 78,
            text: "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": unreadable answer: no JSON"),
        Case(
            fault: .status(200, body: ""), cause: .unreadable("no JSON"), exitCode: 78,
            text: "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": unreadable answer: no JSON"),
        Case(
            fault: .status(200, body: "{\"metadata\":{}}"), cause: .unreadable("it lacks metadata.name"), exitCode: 78,
            text: "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": unreadable answer: it lacks"
                + " metadata.name"),
        Case(
            fault: .status(200, body: "{\"metadata\":{\"name\":\"x\"},\"data\":{\"tls.key\":\"s3cr?t\"}}"),
            cause: .unreadable("data.tls.key is not as it should be"), exitCode: 78,
            text: "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": unreadable answer:"
                + " data.tls.key is not as it should be"),
        Case(
            fault: .status(200, body: "{\"metadata\":{\"name\":\"x\"},\"data\":{\"tls.key\":7}}"),
            cause: .unreadable("data.tls.key is not of the type that it should be"), exitCode: 78,
            text: "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": unreadable answer:"
                + " data.tls.key is not of the type that it should be"),
    ]

    @Test(arguments: Self.cases.indices)
    func eachAnswerThatIsNotGoodIsToldOfAndNotTriedAgain(index: Int) throws {
        let expected = Self.cases[index]
        let scene = try Scene()
        scene.server.faults = { _ in expected.fault }
        let error = scene.failure(read)
        #expect(error?.cause == expected.cause)
        #expect(error?.exitCode == expected.exitCode)
        #expect(error?.description == expected.text)
        #expect(scene.server.log.count == 1)
        #expect(scene.time.pauses.isEmpty)
    }

    @Test func whatRBACLacksIsNamed() throws {
        let scene = try Scene()
        scene.server.permissions = { _, _, _ in false }
        let user = "User \"system:serviceaccount:imageswap-system:imageswap\""
        #expect(
            scene.failure(read)?.description
                == "cannot get secrets \"imageswap-ca\" in namespace \"imageswap-system\": forbidden (403): secrets"
                + " \"imageswap-ca\" is forbidden: \(user) cannot get resource \"secrets\" in API group \"\" in the"
                + " namespace \"imageswap-system\"; RBAC must grant the verb get on secrets")
        let list = scene.failure { client throws(KubernetesError) in
            try client.certificateSigningRequests(labelSelector: "a=b")
        }
        #expect(list?.isForbidden == true)
        #expect(list?.description.hasSuffix("RBAC must grant the verb list on certificatesigningrequests") == true)
    }

    @Test func aTokenThatTheServerDoesNotKnowIsUnauthorized() throws {
        let scene = try Scene()
        let client = scene.makeClient { $0.credentials = .bearerToken(.bytes(Array("other-token".utf8))) }
        let error = scene.failure(of: client, read)
        #expect(error?.cause == .unauthorized("Unauthorized"))
        #expect(error?.description.contains("other-token") == false)
        let anonymous = scene.makeClient { $0.credentials = .none }
        scene.server.permissions = { _, _, _ in false }
        #expect(scene.failure(of: anonymous, read)?.description.contains("system:anonymous") == true)
    }

    @Test func aNamespaceThatIsMissingIsNamed() throws {
        let scene = try Scene()
        var secret = tlsSecret()
        secret.metadata.namespace = "none"
        let error = scene.failure { client throws(KubernetesError) in try client.create(secret) }
        #expect(error?.cause == .notFound("namespaces \"none\" not found"))
        #expect(error?.exitCode == 78)
    }

    @Test func controlCharactersOfAMessageAreEscaped() throws {
        let scene = try Scene()
        scene.server.faults = { _ in
            .status(400, body: "{\"message\":\"a\\u001b[31m\\nb\\u202e\"}")
        }
        #expect(
            scene.failure(read)?.description.hasSuffix("refused (400): a\\u{1b}[31m\\u{a}b\\u{202e}") == true)
    }

    @Test func aMessageOfSomethingElseIsShownFromItsBeginning() throws {
        let scene = try Scene()
        scene.server.faults = { _ in .status(418, body: String(repeating: "x", count: 5000)) }
        #expect(
            scene.failure(read)?.cause
                == .refused(status: 418, reason: "", message: String(repeating: "x", count: 200)))
    }

    @Test func aNameIsNeverMoreThanOneSegmentOfThePath() throws {
        let scene = try Scene()
        #expect(try scene.client.secret("../a?b=c#d é", namespace: "x/y") == nil)
        #expect(
            scene.server.log.map(\.path) == ["/api/v1/namespaces/x%2Fy/secrets/..%2Fa%3Fb%3Dc%23d%20%C3%A9"])
    }
}
