/// The same fields as `Review` keeps, as JSONDecoder wants them: what the project would decode without its own decoder.
struct FoundationReview: Decodable {
    struct Kind: Decodable { let kind: String }
    struct Volume: Decodable {
        struct Image: Decodable { let reference: String? }
        let name: String
        let image: Image?
    }
    struct Container: Decodable {
        let name: String
        let image: String?
    }
    struct Metadata: Decodable {
        let name: String?
        let generateName: String?
        let labels: [String: String]?
        let annotations: [String: String]?
    }
    struct Template: Decodable {
        let metadata: Metadata?
        let spec: PodSpec?
    }
    struct JobTemplate: Decodable {
        struct Spec: Decodable { let template: Template? }
        let spec: Spec?
    }
    final class PodSpec: Decodable {
        let containers: [Container]?
        let initContainers: [Container]?
        let ephemeralContainers: [Container]?
        let volumes: [Volume]?
        let template: Template?
        let jobTemplate: JobTemplate?
    }
    struct Object: Decodable {
        let metadata: Metadata?
        let spec: PodSpec?
        let template: Template?
    }
    struct Request: Decodable {
        let uid: String
        let kind: Kind
        let name: String?
        let namespace: String?
        let operation: String
        let subResource: String?
        let dryRun: Bool?
        let object: Object?
        let oldObject: Object?
    }

    let apiVersion: String
    let kind: String
    let request: Request
}
