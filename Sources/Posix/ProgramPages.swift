private import CPosix

/// The pages of the program's and its libraries' files that are mapped into this process.
package enum ProgramPages {
    /// Gives them back: what is needed again comes from the page cache, page by page, and what only the start needed
    /// (options, conformance look-ups, relocation tables) stays away. C: dl_iterate_phdr, madvise(MADV_DONTNEED).
    package static func giveBack() {
        posix_give_back_program()
    }
}
