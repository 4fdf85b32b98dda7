import APIServerStandIn
import Certificates
import Foundation
import Kubernetes
import Testing

struct CertificateSigningRequestTests {
    private static let signer = "kubernetes.io/kubelet-serving"
    private static let usages = ["digital signature", "key encipherment", "server auth"]

    private func request(
        _ name: String = "imageswap-1", organization: String? = "system:nodes",
        commonName: String = "system:node:imageswap", signer: String = Self.signer, usages: [String] = Self.usages,
        seconds: Int32? = 3600, pem: [UInt8]? = nil
    ) throws -> CertificateSigningRequest {
        let made = try CertificateRequest.make(
            organization: organization, commonName: commonName,
            names: [try HostName("imageswap.imageswap-system.svc")], key: .generate())
        return CertificateSigningRequest(
            metadata: ObjectMeta(name: name, labels: ["app": "imageswap"]), request: Data(pem ?? made),
            signerName: signer, usages: usages, expirationSeconds: seconds)
    }

    @Test func anApprovedRequestIsSignedByTheClustersAuthority() throws {
        let scene = try Scene()
        let made = try scene.client.create(request())
        #expect(made.condition("Approved") == nil)
        #expect(try scene.client.certificateSigningRequest("imageswap-1")?.status?.certificate == nil)
        let approved = try scene.client.approve(made, reason: "Tests", message: "fine")
        #expect(approved.condition("Approved")?.message == "fine")
        let signed = try #require(try scene.client.certificateSigningRequest("imageswap-1"))
        let certificate = try Certificate(pem: [UInt8](signed.status?.certificate ?? Data()))
        #expect(certificate.names == [try HostName("imageswap.imageswap-system.svc")])
        #expect(certificate.validity == Validity(seconds: 3600, from: today))
        #expect(certificate.subject == "CN=system:node:imageswap,O=system:nodes")
        #expect(certificate.isSigned(by: try Certificate(pem: scene.server.clusterAuthority.certificate)))
    }

    @Test func aSignerMayTakeItsTime() throws {
        let scene = try Scene()
        scene.server.signers = [Self.signer: .signs(after: 30)]
        _ = try scene.client.approve(try scene.client.create(request()), reason: "Tests", message: "")
        #expect(try scene.client.certificateSigningRequest("imageswap-1")?.status?.certificate == nil)
        scene.time.advance(by: .seconds(30))
        #expect(try scene.client.certificateSigningRequest("imageswap-1")?.status?.certificate != nil)
    }

    @Test func aSignerThatDoesNotRunLeavesItAtTheApproval() throws {
        let scene = try Scene()
        _ = try scene.client.approve(
            try scene.client.create(request(signer: "example.com/none")), reason: "Tests", message: "")
        scene.time.advance(by: .seconds(3600))
        let found = try #require(try scene.client.certificateSigningRequest("imageswap-1"))
        #expect(found.status?.conditions?.map(\.type) == ["Approved"])
        #expect(found.status?.certificate == nil)
    }

    @Test func aDeniedOrFailedRequestSaysWhy() throws {
        let scene = try Scene()
        scene.server.signers = [
            "example.com/denies": .denies(reason: "Policy", message: "not for you"),
            "example.com/fails": .fails(reason: "Broken", message: "no key"),
        ]
        _ = try scene.client.create(request("denied", signer: "example.com/denies"))
        #expect(try scene.client.certificateSigningRequest("denied")?.condition("Denied")?.message == "not for you")
        let failed = try scene.client.create(request("failed", signer: "example.com/fails"))
        _ = try scene.client.approve(failed, reason: "Tests", message: "")
        #expect(try scene.client.certificateSigningRequest("failed")?.condition("Failed")?.reason == "Broken")
    }

    @Test(
        arguments: [
            (nil, "system:node:x", Self.usages, "subject organization is not system:nodes"),
            ("system:nodes", "x", Self.usages, "subject common name does not begin with system:node:"),
            (
                "system:nodes", "system:node:x", ["client auth"],
                "usages did not match [digital signature key encipherment server auth]"
            ),
        ] as [(String?, String, [String], String)])
    func theSignerOfNodesTakesOnlyWhatIsLikeANode(
        organization: String?, commonName: String, usages: [String], reason: String
    ) throws {
        let scene = try Scene()
        let made = try scene.client.create(
            request(organization: organization, commonName: commonName, usages: usages))
        _ = try scene.client.approve(made, reason: "Tests", message: "")
        let failed = try scene.client.certificateSigningRequest("imageswap-1")?.condition("Failed")
        #expect(failed?.reason == "SignerValidationFailure")
        #expect(failed?.message == reason)
    }

    @Test func anApprovalOfAnOldVersionIsAConflict() throws {
        let scene = try Scene()
        let made = try scene.client.create(request())
        _ = try scene.client.approve(made, reason: "Tests", message: "")
        let error = scene.failure { client throws(KubernetesError) in
            try client.approve(made, reason: "Tests", message: "")
        }
        #expect(error?.isConflict == true)
        #expect(error?.call?.resource == "certificatesigningrequests/approval")
    }

    @Test func anApprovalKeepsTheConditionsThatAreThere() throws {
        let scene = try Scene()
        _ = try scene.client.create(request(signer: "example.com/none"))
        scene.server.change(.certificateSigningRequests, "imageswap-1") { object in
            object["status"] = ["conditions": [["type": "example.com/Checked", "status": "True", "reason": "Policy"]]]
        }
        let read = try #require(try scene.client.certificateSigningRequest("imageswap-1"))
        let approved = try scene.client.approve(read, reason: "Tests", message: "")
        #expect(approved.status?.conditions?.map(\.type) == ["example.com/Checked", "Approved"])
        #expect(approved.condition("example.com/Checked")?.reason == "Policy")
    }

    @Test func anApprovalNeedsTheRightOnTheSignerToo() throws {
        let scene = try Scene()
        scene.server.permissions = { verb, resource, name in
            !(verb == "approve" && resource == "signers" && name == Self.signer)
        }
        let made = try scene.client.create(request())
        let error = scene.failure { client throws(KubernetesError) in
            try client.approve(made, reason: "Tests", message: "")
        }
        #expect(error?.isForbidden == true)
        #expect(error?.exitCode == 77)
        #expect(
            error?.description.contains(
                "user not permitted to approve requests with signerName \"\(Self.signer)\"") == true)
        // Someone else may.
        #expect(scene.server.approve("imageswap-1"))
        #expect(try scene.client.certificateSigningRequest("imageswap-1")?.status?.certificate != nil)
    }

    @Test func requestsAreListedByTheirLabelsAndDeleted() throws {
        let scene = try Scene()
        _ = try scene.client.create(request("one"))
        _ = try scene.client.create(request("two"))
        var other = try request("three")
        other.metadata.labels = ["app": "other"]
        _ = try scene.client.create(other)
        let found = try scene.client.certificateSigningRequests(labelSelector: "app=imageswap")
        #expect(found.map(\.metadata.name) == ["one", "two"])
        #expect(found.first?.spec.signerName == Self.signer)
        #expect(try scene.client.certificateSigningRequests(labelSelector: "app=none").isEmpty)
        #expect(try scene.client.delete(certificateSigningRequest: "one"))
        #expect(try !scene.client.delete(certificateSigningRequest: "one"))
        #expect(try scene.client.certificateSigningRequest("one") == nil)
    }

    @Test func aRequestThatTheAPIForbidsIsRefused() throws {
        let scene = try Scene()
        let cases: [(CertificateSigningRequest, String)] = [
            (try request(seconds: 500), "may not specify a duration less than 600 seconds (10 minutes)"),
            (try request(usages: []), "spec.usages: Required value"),
            (try request(usages: ["serving"]), "Unsupported value: \"serving\""),
            (try request(signer: "none"), "must be a fully qualified domain and path of the form"),
            (try request(pem: Array("rubbish".utf8)), "PEM block type must be CERTIFICATE REQUEST"),
        ]
        for (request, words) in cases {
            let error = scene.failure { client throws(KubernetesError) in try client.create(request) }
            #expect(error?.exitCode == 78)
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
        _ = try scene.client.create(request())
        let again = try request()
        #expect(scene.failure { client throws(KubernetesError) in try client.create(again) }?.isConflict == true)
    }
}
