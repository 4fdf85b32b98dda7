// Where imageswap-init's log lines go: standard error.

import Logging

/// A logger for a program that says a line now and then.
func makeLogger() -> Logger {
    Logger(label: "imageswap-init") { StreamLogHandler.standardError(label: $0) }
}
