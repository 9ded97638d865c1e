internal import Foundation

/// Runs `child` in a child of this process and ends it there.
/// - Returns: what it returned; nil if it was killed, or hung for 20 seconds.
package func forked(_ child: () -> Int32) throws -> Int32? {
    // Swift hides the function, since a child must not use most of the runtime. What is tested is how it is kept from it.
    guard let address = dlsym(nil, "fork") else {
        throw Command.Failure(command: "fork", status: errno, output: "not found")
    }
    let fork = unsafeBitCast(address, to: (@convention(c) () -> Int32).self)
    let process = fork()
    if process == 0 {
        alarm(20)
        _exit(child())
    }
    guard process > 0 else { throw Command.Failure(command: "fork", status: errno, output: "") }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
}
