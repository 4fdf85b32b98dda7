// libyaml's parser: a stream of any number of documents.

private import CYAML

/// The events of a text in their order.
@safe package struct YAMLEvents: ~Copyable {
    /// Bytes of a text at most.
    package static let limit = 1024 * 1024

    /// Both on the heap and pinned there: the parser points into the text, and libyaml into the parser.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let positions: BytePositions
    private var isOver = false

    /// Takes UTF-8, with a byte order mark or without.
    package init(_ bytes: [UInt8], limit: Int = YAMLEvents.limit) throws(YAMLError) {
        let start = YAMLMark(index: 0, line: 1, column: 1)
        guard bytes.count <= limit else { throw YAMLError(start, "longer than \(limit) bytes") }
        // With the encoding set, libyaml takes the mark for a first column, and each next line for less indented.
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let offset = bytes.starts(with: mark) ? mark.count : 0
        let bytes = Array(bytes.dropFirst(offset))
        positions = BytePositions(bytes, offset: offset)
        unsafe text = .allocate(capacity: max(bytes.count, 1))
        _ = unsafe text.initialize(fromContentsOf: bytes)
        unsafe parser = .allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        guard unsafe yaml_parser_initialize(parser) == 1 else { preconditionFailure("out of memory") }
        // Else a text may say that it is UTF-16, whose places would not be ours.
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe text.deallocate()
    }

    /// The next event; nil at the end of the text. After an error there are no more.
    package mutating func next() throws(YAMLError) -> YAMLEvent? {
        while !isOver {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &event) == 1 else {
                isOver = true
                throw failure
            }
            defer { unsafe yaml_event_delete(&event) }
            if unsafe event.type == YAML_STREAM_END_EVENT { isOver = true }
            if let event = unsafe translate(event) { return event }
        }
        return nil
    }

    private borrowing func translate(_ event: yaml_event_t) -> YAMLEvent? {
        var anchor: String?
        var tag: String?
        let kind: YAMLEvent.Kind
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT:
            kind = .documentStart(isImplicit: unsafe event.data.document_start.implicit != 0)
        case YAML_DOCUMENT_END_EVENT:
            kind = .documentEnd(isImplicit: unsafe event.data.document_end.implicit != 0)
        case YAML_ALIAS_EVENT:
            kind = .alias(unsafe string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            (anchor, tag) = unsafe (string(scalar.anchor), string(scalar.tag))
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(unsafe String(decoding: bytes, as: UTF8.self), unsafe style(scalar.style))
        case YAML_SEQUENCE_START_EVENT:
            let sequence = unsafe event.data.sequence_start
            (anchor, tag) = unsafe (string(sequence.anchor), string(sequence.tag))
            kind = .sequenceStart(isFlow: unsafe sequence.style == YAML_FLOW_SEQUENCE_STYLE)
        case YAML_MAPPING_START_EVENT:
            let mapping = unsafe event.data.mapping_start
            (anchor, tag) = unsafe (string(mapping.anchor), string(mapping.tag))
            kind = .mappingStart(isFlow: unsafe mapping.style == YAML_FLOW_MAPPING_STYLE)
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        default: return nil  // the start and the end of the stream
        }
        return unsafe YAMLEvent(
            kind: kind, anchor: anchor, tag: tag, start: mark(event.start_mark), end: mark(event.end_mark))
    }

    private borrowing func style(_ style: yaml_scalar_style_t) -> YAMLEvent.ScalarStyle {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }

    private borrowing func string(_ text: UnsafeMutablePointer<UInt8>?) -> String? {
        guard let text = unsafe text else { return nil }
        return unsafe String(cString: text)
    }

    private borrowing func mark(_ mark: yaml_mark_t) -> YAMLMark {
        YAMLMark(index: positions.byte(of: mark.index), line: mark.line + 1, column: mark.column + 1)
    }

    private var failure: YAMLError {
        let problem = unsafe parser.pointee.problem
        let reason = unsafe problem.map { unsafe String(cString: $0) } ?? "out of memory"
        if unsafe parser.pointee.error == YAML_READER_ERROR {
            // No mark is kept for bytes that are no text, only their place.
            return YAMLError(positions.mark(ofByte: unsafe parser.pointee.problem_offset), reason)
        }
        return unsafe YAMLError(mark(parser.pointee.problem_mark), reason)
    }
}
