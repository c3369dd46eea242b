/// What ends a command early: the exit code, what to say, and what caused it.
struct CommandError: Error {
    /// The exit codes besides 0.
    enum Code: Int32 {
        /// Something went wrong while running, or a check found something.
        case failure = 1

        /// The command line or the configuration is wrong.
        case usage = 2
    }

    /// The exit code.
    let code: Code

    /// One line without `spanmeter: `; nil where everything has been said already.
    let message: String?

    /// The error underneath, for those who look closer.
    let cause: (any Error)?

    /// Describes the end of a command.
    init(_ code: Code, _ message: String?, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}
