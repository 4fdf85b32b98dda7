private import ImageSwap

/// What a swap needs of an object: its images, wherever a pod spec may stand (the kind may follow later in the
/// document), and the marks that keep it from being swapped.
struct ObjectFields: Sendable {
    private(set) var isPresent = false
    /// It is the kubelet's picture of a static pod.
    private(set) var isMirror = false
    /// What the label on the object itself says.
    private var label = SwapLabel.none
    private(set) var generateName = TextRange.empty
    private(set) var name = TextRange.empty
    /// In the order of the document.
    private(set) var images: [ImageField] = []
    /// Where the value of a pod's `/spec/imagePullSecrets` stands in the document, which was checked there.
    private(set) var imagePullSecrets: Int?
    /// The most images that an object may have: a Pod has a handful. What a few bytes of body may cost is bounded by it.
    static let mostImages = 10_000

    /// What the label on the pod template says, by its place.
    private var templateLabels = InlineArray<4, SwapLabel>(repeating: .none)
    /// A bit a place and list: `images` has some of there.
    private var filled: UInt16 = 0

    /// What the label says of the pod spec at a place: on the object, or on its template; the stronger counts.
    func label(at place: PodSpecPlace) -> SwapLabel {
        place == .pod ? label : max(label, templateLabels[Int(place.rawValue)])
    }

    mutating func reset() {
        isPresent = false
        resetMetadata()
        for place in templateLabels.indices { templateLabels[place] = .none }
        filled = 0
        imagePullSecrets = nil
        images.removeAll(keepingCapacity: images.capacity <= Review.keptImages)
    }

    private mutating func resetMetadata() {
        isMirror = false
        label = .none
        generateName = .empty
        name = .empty
    }

    /// Forgets what an earlier member of the same name said: the last one counts, as in Go.
    private mutating func forget(_ places: [PodSpecPlace], _ lists: [ImageList] = ImageList.allCases) {
        var bits: UInt16 = 0
        for place in places {
            for list in lists { bits |= Self.bit(place, list) }
        }
        guard filled & bits != 0 else { return }
        images.removeAll { Self.bit($0.place, $0.list) & bits != 0 }
        filled &= ~bits
    }

    private static func bit(_ place: PodSpecPlace, _ list: ImageList) -> UInt16 {
        1 << (UInt16(place.rawValue) * 4 + UInt16(list.rawValue))
    }
}

// MARK: decoding

/// The names and the buffer that decoding an object needs.
struct ObjectContext: Sendable {
    /// The label that switches swapping off, with the value `disabled`, or only tries it, with `audit`.
    let disableLabel: [UInt8]
    /// The mark of a mirror pod (https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-config-mirror).
    let mirrorAnnotation = Array("kubernetes.io/config.mirror".utf8)
    var texts: [UInt8] = []

    /// Copies a string out of the document.
    mutating func copy(_ text: JSONScanner.Text, of json: borrowing Span<UInt8>) -> TextRange {
        let start = Int32(truncatingIfNeeded: texts.count)
        texts.append(text, of: json)
        return TextRange(start: start, end: Int32(truncatingIfNeeded: texts.count))
    }
}

extension ObjectFields {
    mutating func decode(
        _ json: borrowing Span<UInt8>, _ scanner: inout JSONScanner, _ context: inout ObjectContext
    ) throws(ReviewError) {
        reset()
        guard try scanner.enterObjectOrSkip(json) else { return }
        isPresent = true
        while let text = try scanner.nextName(json) {
            switch Name(text, of: json) {
            case .metadata: try decodeMetadata(json, &scanner, &context)
            case .spec: try decodeSpec(json, &scanner, &context)
            case .template: try decodeTemplate(.podTemplate, json, &scanner, &context)
            default: try scanner.skip(json)
            }
        }
    }

    /// `/metadata`
    private mutating func decodeMetadata(
        _ json: borrowing Span<UInt8>, _ scanner: inout JSONScanner, _ context: inout ObjectContext
    ) throws(ReviewError) {
        resetMetadata()
        guard try scanner.enterObjectOrSkip(json) else { return }
        while let text = try scanner.nextName(json) {
            switch Name(text, of: json) {
            case .labels: label = try scanner.label(json, context)
            case .annotations: isMirror = try scanner.hasMember(context.mirrorAnnotation, json)
            case .generateName: generateName = try scanner.copyString(json, &context) ?? .empty
            case .name: name = try scanner.copyString(json, &context) ?? .empty
            default: try scanner.skip(json)
            }
        }
    }

    /// `/spec`: of a pod, or of what makes pods.
    private mutating func decodeSpec(
        _ json: borrowing Span<UInt8>, _ scanner: inout JSONScanner, _ context: inout ObjectContext
    ) throws(ReviewError) {
        forget([.pod, .workload, .cronJob])
        imagePullSecrets = nil
        templateLabels[Int(PodSpecPlace.workload.rawValue)] = .none
        templateLabels[Int(PodSpecPlace.cronJob.rawValue)] = .none
        guard try scanner.enterObjectOrSkip(json) else { return }
        while let text = try scanner.nextName(json) {
            let name = Name(text, of: json)
            switch name {
            case .template: try decodeTemplate(.workload, json, &scanner, &context)
            case .jobTemplate: try decodeJobTemplate(json, &scanner, &context)
            case .imagePullSecrets:
                _ = try scanner.peek(json)
                imagePullSecrets = scanner.offset
                try scanner.skip(json)
            default: try decodePodSpecMember(name, .pod, json, &scanner, &context)
            }
        }
    }

    /// `/spec/jobTemplate`
    private mutating func decodeJobTemplate(
        _ json: borrowing Span<UInt8>, _ scanner: inout JSONScanner, _ context: inout ObjectContext
    ) throws(ReviewError) {
        forgetJob()
        guard try scanner.enterObjectOrSkip(json) else { return }
        while let text = try scanner.nextName(json) {
            guard Name(text, of: json) == .spec else {
                try scanner.skip(json)
                continue
            }
            forgetJob()
            guard try scanner.enterObjectOrSkip(json) else { continue }
            while let text = try scanner.nextName(json) {
                if Name(text, of: json) == .template {
                    try decodeTemplate(.cronJob, json, &scanner, &context)
                } else {
                    try scanner.skip(json)
                }
            }
        }
    }

    private mutating func forgetJob() {
        forget([.cronJob])
        templateLabels[Int(PodSpecPlace.cronJob.rawValue)] = .none
    }

    /// A pod template: `metadata` and `spec`.
    private mutating func decodeTemplate(
        _ place: PodSpecPlace, _ json: borrowing Span<UInt8>, _ scanner: inout JSONScanner,
        _ context: inout ObjectContext
    ) throws(ReviewError) {
        let number = Int(place.rawValue)
        forget([place])
        templateLabels[number] = .none
        guard try scanner.enterObjectOrSkip(json) else { return }
        while let text = try scanner.nextName(json) {
            switch Name(text, of: json) {
            case .metadata:
                templateLabels[number] = .none
                guard try scanner.enterObjectOrSkip(json) else { continue }
                while let text = try scanner.nextName(json) {
                    if Name(text, of: json) == .labels {
                        templateLabels[number] = try scanner.label(json, context)
                    } else {
                        try scanner.skip(json)
                    }
                }
            case .spec:
                forget([place])
                guard try scanner.enterObjectOrSkip(json) else { continue }
                while let text = try scanner.nextName(json) {
                    try decodePodSpecMember(Name(text, of: json), place, json, &scanner, &context)
                }
            default: try scanner.skip(json)
            }
        }
    }

    private mutating func decodePodSpecMember(
        _ name: Name, _ place: PodSpecPlace, _ json: borrowing Span<UInt8>, _ scanner: inout JSONScanner,
        _ context: inout ObjectContext
    ) throws(ReviewError) {
        let list: ImageList
        switch name {
        case .containers: list = .containers
        case .initContainers: list = .initContainers
        case .ephemeralContainers: list = .ephemeralContainers
        case .volumes: list = .volumes
        default: return try scanner.skip(json)
        }
        forget([place], [list])
        guard try scanner.peek(json) == UInt8(ascii: "[") else { return try scanner.skip(json) }
        try scanner.enterArray(json)
        var index: Int32 = 0
        while try scanner.nextElement(json) {
            if let element = try decodeElement(of: list, json, &scanner, &context) {
                guard images.count < Self.mostImages else { throw ReviewError(.tooManyImages, at: scanner.offset) }
                images.append(
                    ImageField(place: place, list: list, index: index, name: element.name, image: element.image))
                filled |= Self.bit(place, list)
            }
            index += 1
        }
    }

    /// A container or a volume: its name and its image, where it has one.
    private mutating func decodeElement(
        of list: ImageList, _ json: borrowing Span<UInt8>, _ scanner: inout JSONScanner,
        _ context: inout ObjectContext
    ) throws(ReviewError) -> (name: TextRange, image: TextRange)? {
        guard try scanner.enterObjectOrSkip(json) else { return nil }
        var elementName = TextRange.empty
        var image: TextRange?
        while let text = try scanner.nextName(json) {
            switch Name(text, of: json) {
            case .name:
                elementName = try scanner.copyString(json, &context) ?? .empty
            case .image:
                if list == .volumes {
                    image = nil
                    guard try scanner.enterObjectOrSkip(json) else { continue }
                    while let text = try scanner.nextName(json) {
                        if Name(text, of: json) == .reference {
                            image = try scanner.copyString(json, &context)
                        } else {
                            try scanner.skip(json)
                        }
                    }
                } else {
                    image = try scanner.copyString(json, &context)
                }
            default: try scanner.skip(json)
            }
        }
        return image.map { (elementName, $0) }
    }
}

extension JSONScanner {
    /// Enters the object that stands next; anything else is passed.
    @inline(__always)
    mutating func enterObjectOrSkip(_ json: borrowing Span<UInt8>) throws(ReviewError) -> Bool {
        if try peek(json) == UInt8(ascii: "{") {
            try enterObject(json)
            return true
        }
        try skip(json)
        return false
    }

    /// The string that stands next; anything else is passed.
    @inline(__always)
    mutating func nextString(_ json: borrowing Span<UInt8>) throws(ReviewError) -> Text? {
        if try peek(json) == UInt8(ascii: "\"") { return try string(json) }
        try skip(json)
        return nil
    }

    mutating func copyString(
        _ json: borrowing Span<UInt8>, _ context: inout ObjectContext
    ) throws(ReviewError) -> TextRange? {
        try nextString(json).map { context.copy($0, of: json) }
    }

    /// What a map of labels says by the one that counts.
    fileprivate mutating func label(
        _ json: borrowing Span<UInt8>, _ context: ObjectContext
    ) throws(ReviewError) -> SwapLabel {
        var label = SwapLabel.none
        guard try enterObjectOrSkip(json) else { return label }
        while let name = try nextName(json) {
            if name.equals(context.disableLabel.span, in: json) {
                label = try nextString(json).map { SwapLabel($0, in: json) } ?? .none
            } else {
                try skip(json)
            }
        }
        return label
    }

    /// Whether the object that stands next has a member of this name.
    fileprivate mutating func hasMember(
        _ member: [UInt8], _ json: borrowing Span<UInt8>
    ) throws(ReviewError) -> Bool {
        var found = false
        guard try enterObjectOrSkip(json) else { return false }
        while let name = try nextName(json) {
            if name.equals(member.span, in: json) { found = true }
            try skip(json)
        }
        return found
    }
}

extension JSONScanner.Text {
    /// Whether the string means these bytes.
    func equals(_ bytes: borrowing Span<UInt8>, in json: borrowing Span<UInt8>) -> Bool {
        if isEscaped {
            var plain: [UInt8] = []
            plain.append(self, of: json)
            return plain.span.equals(bytes)
        }
        return json.extracting(start..<end).equals(bytes)
    }
}
