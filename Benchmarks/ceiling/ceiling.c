// The ceiling: a FastCGI responder that reads each body and answers a constant review, decoding nothing. What it
// reaches behind the same nginx is the most that any responder on libfcgi can.
//
//     cc -O2 -pthread -o ceiling ceiling.c -lfcgi
//     ceiling --socket PATH [--threads N] [--processes N]
//
// Its shape is the best one known. The listener is non-blocking; each thread accepts for itself, hands the
// descriptor to libfcgi and, when nothing waits, sleeps in an epoll of its own, where EPOLLEXCLUSIVE wakes one
// thread for a connection. (libfcgi's own blocking accept reached 0.82 to 0.92 of this, poll on the shared
// listener 0.68 to 0.92.) What keeps a service alive is left out: time limits, a drain, counters.

#define _GNU_SOURCE
#include <errno.h>
#include <fcgiapp.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// As the responder's: with a queue of 8, 128 clients got mostly 502.
enum { backlog = 4096, most_threads = 256, most_processes = 64 };

// The answer to Tests/AdmissionTests/Reviews/pod-create-by-controller.json: two images replaced.
static const char answer[] =
    "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"response\":{"
    "\"uid\":\"cc34a953-2054-4309-8c85-4a0ad9634dfd\",\"allowed\":true,\"patchType\":\"JSONPatch\",\"patch\":\""
    "W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9zcGVjL2luaXRDb250YWluZXJzLzAvaW1hZ2UiLCJ2YWx1ZSI6InJlZ2lzdHJ5LmV4YW1w"
    "bGUuY29tL2xpYnJhcnkvYnVzeWJveCJ9LHsib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9zcGVjL2NvbnRhaW5lcnMvMC9pbWFnZSIsInZh"
    "bHVlIjoicmVnaXN0cnkuZXhhbXBsZS5jb20vZG9ja2VyaHViL3BhdWxib3V3ZXIvaGVsbG8ta3ViZXJuZXRlczoxLjUifV0=\"}}";

// The same with its head, made once at the start.
static char response[sizeof answer + 128];
static int response_length;

static int listener;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "ceiling: %s: %s\n", what, strerror(errno));
    exit(1);
}

// Reads a body to its end, whatever its length.
static void read_body(FCGX_Stream *in)
{
    static _Thread_local char bytes[64 * 1024];
    while (FCGX_GetStr(bytes, sizeof bytes, in) == (int)sizeof bytes) {}
}

// A thread: accepts, reads, answers, for ever.
static void *serve(void *unused)
{
    (void)unused;
    int waiting = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    if (waiting < 0 || epoll_ctl(waiting, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll");

    FCGX_Request request;
    FCGX_InitRequest(&request, listener, 0);
    for (;;) {
        int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (connection < 0) {
            if (errno == EAGAIN) epoll_wait(waiting, &event, 1, -1);
            else if (errno != EINTR && errno != ECONNABORTED) usleep(10 * 1000); // no descriptors left
            continue;
        }
        // libfcgi accepts nothing itself if it is given a connection; keepConnection, else it closes this one as
        // the last request's. It sets both anew from what the peer asks for.
        request.ipcFd = connection;
        request.keepConnection = 1;
        if (FCGX_Accept_r(&request) != 0) continue;
        read_body(request.in);
        FCGX_PutStr(response, response_length, request.out);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

// A worker process: its threads, of which this is the last.
static _Noreturn void work(int threads)
{
    if (FCGX_Init() != 0) fail("FCGX_Init");
    for (int n = 1; n < threads; n++) {
        pthread_t thread;
        errno = pthread_create(&thread, NULL, serve, NULL);
        if (errno != 0) fail("pthread_create");
    }
    serve(NULL);
    abort();
}

// The signals that the parent waits for.
static sigset_t awaited;

static pid_t start_worker(int threads)
{
    pid_t parent = getpid();
    pid_t worker = fork();
    if (worker < 0) fail("fork");
    if (worker > 0) return worker;
    // Ends with the parent, however that ends.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    sigprocmask(SIG_UNBLOCK, &awaited, NULL);
    work(threads);
}

// Starts the workers and replaces those that die, until it is told to end.
static void supervise(int processes, int threads)
{
    pid_t workers[most_processes];
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGTERM);
    sigprocmask(SIG_BLOCK, &awaited, NULL);
    for (int n = 0; n < processes; n++) workers[n] = start_worker(threads);

    int told;
    while (sigwait(&awaited, &told) == 0 && told == SIGCHLD) {
        pid_t dead;
        while ((dead = waitpid(-1, NULL, WNOHANG)) > 0) {
            for (int n = 0; n < processes; n++)
                if (workers[n] == dead) workers[n] = start_worker(threads);
        }
    }
    for (int n = 0; n < processes; n++) kill(workers[n], SIGKILL);
    while (wait(NULL) > 0) {}
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        fail(path);
    }
    strcpy(address.sun_path, path);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail("socket");
    unlink(path);
    umask(0117); // 0660
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) fail(path);
    if (listen(descriptor, backlog) < 0) fail("listen");
    return descriptor;
}

// A number of 1 to most, or the end.
static int number(const char *text, int most)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != 0 || value < 1 || value > most) {
        fprintf(stderr, "ceiling: not a number of 1 to %d: %s\n", most, text);
        exit(2);
    }
    return (int)value;
}

int main(int count, char **arguments)
{
    static const struct option options[] = {
        {"socket", required_argument, NULL, 's'},
        {"threads", required_argument, NULL, 't'},
        {"processes", required_argument, NULL, 'p'},
        {0},
    };
    const char *path = NULL;
    int threads = 8, processes = 1, option;
    while ((option = getopt_long(count, arguments, "", options, NULL)) != -1) {
        if (option == 's') path = optarg;
        else if (option == 't') threads = number(optarg, most_threads);
        else if (option == 'p') processes = number(optarg, most_processes);
        else exit(2);
    }
    if (path == NULL || optind != count) {
        fputs("usage: ceiling --socket PATH [--threads N] [--processes N]\n", stderr);
        exit(2);
    }

    response_length = snprintf(response, sizeof response,
        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", sizeof answer - 1, answer);
    listener = listen_at(path);
    supervise(processes, threads);
    unlink(path);
}
