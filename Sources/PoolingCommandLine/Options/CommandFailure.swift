/// Why a command ends without having done what it was asked, with the exit code that says so to scripts.
struct CommandFailure: Error, Hashable {
    enum Kind: Int32 {
        /// A run had errors, or a result could not be kept.
        case failed = 1
        /// The command line is wrong; the message names the option.
        case usage = 2
        /// A target can't be reached; the message names it and the cause, never a password.
        case unreachable = 3
    }

    var kind: Kind
    /// One sentence, without a full stop.
    var message: String

    static func usage(_ message: String) -> CommandFailure { CommandFailure(kind: .usage, message: message) }
}
