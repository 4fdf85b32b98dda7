internal import Glibc

/// A value under a lock that threads can wait on until it is as they need it: a mutex with a condition variable.
///
/// For what `Mutex` lacks: the wait, which needs no descriptor and so works with all of them used up; and locks that the
/// thread sanitizer sees, where tests have threads meet (it takes what `Mutex` guards for races). C: pthread_mutex_t,
/// pthread_cond_t.
@safe package final class Monitor<Value: Sendable>: @unchecked Sendable {
    // `value` is touched only with the mutex held, and never while a wait has let go of it.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value

    package init(_ value: Value) {
        self.value = value
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Works on the value alone. `body` must not come back to this monitor.
    package func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body(&value)
    }

    /// Waits until `isReady`, but no longer than until `deadline` (nil: no limit), then works on the value alone.
    /// `isReady` is asked anew after each `notify`. C: pthread_cond_timedwait.
    package func withLock<Result>(
        when isReady: (Value) -> Bool, before deadline: MonotonicTime?, _ body: (inout Value) -> Result
    ) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        var isOver = false
        while !isOver, !isReady(value) {
            if let deadline {
                let (seconds, rest) = deadline.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
                var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))
                isOver = unsafe pthread_cond_timedwait(condition, mutex, &time) != 0
            } else {
                unsafe pthread_cond_wait(condition, mutex)
            }
        }
        return body(&value)
    }

    /// Has every thread that waits look again. Costs no system call where none waits. C: pthread_cond_broadcast.
    package func notify() {
        unsafe pthread_cond_broadcast(condition)
    }
}
