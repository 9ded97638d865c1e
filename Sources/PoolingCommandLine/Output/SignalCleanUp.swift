internal import Foundation
internal import Synchronization

/// Does some work before Ctrl-C, `kill` or a terminal that is closed end the process. It is that signal that ends it
/// all the same, so that the shell learns why.
///
/// The handler writes a byte into a pipe, which is about all that a handler may do, and a thread waits at its other
/// end. A signal source of Dispatch loses what comes before it is registered.
final class SignalCleanUp {
    private static let pipeEnd = Atomic<Int32>(-1)
    private static let isEnding = Atomic<Bool>(false)
    private let writeEnd: Int32
    private var handled: [Int32] = []

    init(_ work: @escaping @Sendable () -> Void) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            writeEnd = -1
            return
        }
        let readEnd = ends[0]
        writeEnd = ends[1]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        Self.pipeEnd.store(writeEnd, ordering: .sequentiallyConsistent)
        Thread.detachNewThread {
            var number: UInt8 = 0
            if read(readEnd, &number, 1) == 1 {
                Self.isEnding.store(true, ordering: .sequentiallyConsistent)
                work()
                signal(Int32(number), SIG_DFL)
                kill(getpid(), Int32(number))
            }
            close(readEnd)
        }
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let before = signal(number) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(SignalCleanUp.pipeEnd.load(ordering: .sequentiallyConsistent), &byte, 1)
            }
            // What was ignored from the start, as under nohup, stays ignored. C function pointers have no `==` in
            // Swift; their addresses are what is compared.
            if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_DFL, to: Int.self) {
                handled.append(number)
            } else {
                signal(number, before)
            }
        }
    }

    /// Does not return once a signal ends the process: what fails from then on fails because of the clean-up, and neither
    /// an error nor an exit code of it may come before the signal.
    static func leaveTheEndToSignal() {
        while isEnding.load(ordering: .sequentiallyConsistent) { pause() }
    }

    deinit {
        for number in handled { signal(number, SIG_DFL) }
        if writeEnd >= 0 { close(writeEnd) }
    }
}
