// Preloaded into a program under test, this ends it by SIGKILL before its step number KILL_AT: a call that changes files,
// or a request to a server or the reading of its answer. A file is written by half then. Where the program would rest it
// ends with exit code 0 instead.

#define _GNU_SOURCE
#include "KillSwitch.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static atomic_long steps;

static int is_last(void) {
    static atomic_long last;
    if (atomic_load(&last) == 0) {
        const char *text = getenv("KILL_AT");
        atomic_store(&last, text ? atol(text) : -1);
    }
    return atomic_fetch_add(&steps, 1) + 1 == atomic_load(&last);
}

static void step(void) {
    if (is_last()) raise(SIGKILL);
}

int rename(const char *old, const char *new) {
    step();
    return REAL(rename)(old, new);
}

int symlink(const char *target, const char *path) {
    step();
    return REAL(symlink)(target, path);
}

int mkdir(const char *path, mode_t mode) {
    step();
    return REAL(mkdir)(path, mode);
}

int rmdir(const char *path) {
    step();
    return REAL(rmdir)(path);
}

int unlink(const char *path) {
    step();
    return REAL(unlink)(path);
}

int chmod(const char *path, mode_t mode) {
    step();
    return REAL(chmod)(path, mode);
}

int fchmod(int fd, mode_t mode) {
    step();
    return REAL(fchmod)(fd, mode);
}

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
    va_end(list);
    if (flags & O_CREAT) step();
    return REAL(open)(path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    struct stat status;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && is_last()) {
        REAL(write)(fd, bytes, count / 2);
        raise(SIGKILL);
    }
    return REAL(write)(fd, bytes, count);
}

// Of libssl, whose headers are not needed for it.
int SSL_write(void *stream, const void *bytes, int count);
int SSL_read(void *stream, void *bytes, int count);

static atomic_bool is_asked;

int SSL_write(void *stream, const void *bytes, int count) {
    if (!atomic_exchange(&is_asked, 1)) step();
    return REAL(SSL_write)(stream, bytes, count);
}

int SSL_read(void *stream, void *bytes, int count) {
    // The request has gone, whole; its answer is lost.
    if (atomic_exchange(&is_asked, 0)) step();
    return REAL(SSL_read)(stream, bytes, count);
}

int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *time) {
    (void)set, (void)info, (void)time;
    _exit(0);
}
