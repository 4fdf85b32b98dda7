// The system calls that Swift's Glibc module lacks, since it is built without _GNU_SOURCE.
// Must not include <unistd.h>: its `environ` would be ambiguous beside Glibc's. Nor <sys/stat.h>: `S_IFSOCK` and its
// like would be ambiguous.
#pragma once
#define _GNU_SOURCE 1

// Glibc's module has fd_set as it is without the XOPEN names, which _GNU_SOURCE asks for; two fd_sets that differ are an
// error in any Swift file whose look-ups happen to come across them.
#include <features.h>
#undef __USE_XOPEN
#include <sys/select.h>
#define __USE_XOPEN 1

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

/// Errno.swift: "ENOENT", or NULL.
static inline const char *posix_errno_name(int code) { return strerrorname_np(code); }

/// Errno.swift: untranslated and safe in threads, which strerror is not; or NULL.
static inline const char *posix_errno_text(int code) { return strerrordesc_np(code); }

/// Descriptor+UnixSocket.swift
static inline int posix_accept(int fd) { return accept4(fd, NULL, NULL, SOCK_CLOEXEC); }

/// Epoll.swift: `struct epoll_event` is packed and holds a union.
static inline int posix_epoll_add(int epoll, int fd, unsigned int events) {
    struct epoll_event event = {.events = events, .data = {.fd = fd}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/// Epoll.swift: waits for one event; which it was, the caller need not know.
static inline int posix_epoll_wait(int epoll, int milliseconds) {
    struct epoll_event event;
    return epoll_wait(epoll, &event, 1, milliseconds);
}

/// SharedMemory.swift: a file without a name, whose size and seals can be fixed.
static inline int posix_memory_file(const char *name) {
    // Machines with vm.memfd_noexec=2 allow no other; kernels before 6.3 do not know it. glibc 2.36 has no name for it.
    const unsigned int noexec_seal = 0x0008U;
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | noexec_seal);
    if (fd >= 0 || errno != EINVAL) return fd;
    return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

/// SharedMemory.swift: no process can make the file shorter, which would be a SIGBUS to those that map it.
static const int posix_memory_seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
static inline int posix_seal(int fd) { return fcntl(fd, F_ADD_SEALS, posix_memory_seals); }
static inline int posix_is_sealed(int fd) {
    int seals = fcntl(fd, F_GET_SEALS);
    return seals < 0 ? seals : (seals & posix_memory_seals) == posix_memory_seals;
}

/// Heap.swift
static inline void posix_bound_heap(int kept) {
    mallopt(M_MMAP_THRESHOLD, kept);
    mallopt(M_TRIM_THRESHOLD, kept);
}

/// Thread.swift
static inline int posix_thread_name(pthread_t thread, const char *name) { return pthread_setname_np(thread, name); }

// Of <spawn.h>, whose sigset_t would be ambiguous.
extern int posix_spawn_file_actions_addclosefrom_np(void *actions, int from);

/// ChildProcess.swift
static inline int posix_spawn_close_from(void *actions, int from) {
    return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

/// ChildProcess.swift
static inline int posix_end_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

/// Host.swift: how many CPUs this process may run on.
static inline int posix_cpu_count(void) {
    cpu_set_t cpus;
    return sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
}

// Of <unistd.h>, which must not be included.
extern int pipe2(int ends[2], int flags);

/// UnixPipe.swift: only the reader's end does not wait.
static inline int posix_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

/// ProgramPages.swift: a segment that is not written to is the file's own bytes, so the kernel brings it again when asked.
static inline int posix_give_back_segments(struct dl_phdr_info *object, size_t size, void *context) {
    const unsigned long page = getauxval(AT_PAGESZ);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
        unsigned long start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        unsigned long end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
        madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}
static inline void posix_give_back_program(void) { dl_iterate_phdr(posix_give_back_segments, NULL); }
