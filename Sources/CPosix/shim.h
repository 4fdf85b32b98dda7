// The system calls that Swift's Glibc module lacks, since it is built without _GNU_SOURCE.
// Must not include <unistd.h>: its `environ` would be ambiguous beside Glibc's.
#pragma once
#define _GNU_SOURCE 1
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
