/// Takes numbers and byte strings off content, in order; throws `cut` where there are not so many bytes.
struct FrameReader {
    private let bytes: [UInt8]
    private var offset: Int

    init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    mutating func uint8() throws(VerifierProtocolError) -> UInt8 {
        UInt8(try number(bytes: 1))
    }

    mutating func uint16() throws(VerifierProtocolError) -> UInt16 {
        UInt16(try number(bytes: 2))
    }

    mutating func uint32() throws(VerifierProtocolError) -> UInt32 {
        UInt32(try number(bytes: 4))
    }

    mutating func take(_ count: Int) throws(VerifierProtocolError) -> [UInt8] {
        guard bytes.count - offset >= count else { throw .cut }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    mutating func version() throws(VerifierProtocolError) {
        let version = try uint8()
        guard version == VerifierFrame.version else { throw .version(version) }
    }

    mutating func rest() -> [UInt8] {
        defer { offset = bytes.count }
        return Array(bytes[offset...])
    }

    func end() throws(VerifierProtocolError) {
        guard offset == bytes.count else { throw .trailing }
    }

    private mutating func number(bytes count: Int) throws(VerifierProtocolError) -> UInt64 {
        guard bytes.count - offset >= count else { throw .cut }
        var value: UInt64 = 0
        for index in offset..<offset + count { value = value << 8 | UInt64(bytes[index]) }
        offset += count
        return value
    }
}

extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger & UnsignedInteger) {
        var shift = value.bitWidth
        while shift > 0 {
            shift -= 8
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
