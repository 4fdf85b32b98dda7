internal import Glibc
internal import Posix
internal import Testing

@Suite struct ErrnoTests {
    @Test(arguments: [
        (Errno.notFound, "No such file or directory (ENOENT)"),
        (Errno.tooManyOpenFiles, "Too many open files (EMFILE)"),
        (Errno(rawValue: 4711), "Unknown error (4711)"),
    ])
    func descriptionHasTextAndName(_ error: Errno, _ text: String) {
        #expect("\(error)" == text)
    }

    @Test func retriesWhatWasInterrupted() throws {
        var calls = 0
        let result = try retryOnInterrupt { () -> Int32 in
            calls += 1
            errno = EINTR
            return calls < 3 ? -1 : 7
        }
        #expect(result == 7)
        #expect(calls == 3)
    }

    @Test func retriesNothingElse() throws {
        var calls = 0
        #expect(throws: Errno.wouldBlock) {
            try checkOnInterrupt {
                calls += 1
                errno = EAGAIN
                return -1
            }
        }
        #expect(calls == 1)
    }
}
