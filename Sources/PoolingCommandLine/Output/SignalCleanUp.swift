internal import Dispatch
internal import Foundation

/// Does some work before Ctrl-C, `kill` or a terminal that is closed end the process. It is that signal that ends it
/// all the same, so that the shell learns why.
final class SignalCleanUp {
    private let sources: [(number: Int32, source: any DispatchSourceSignal)]

    init(_ work: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "pooling.signals")
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            let before = signal(number, SIG_IGN)
            // What was ignored from the start, as under nohup, stays ignored.
            if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { return nil }
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                work()
                signal(number, SIG_DFL)
                kill(getpid(), number)
            }
            source.resume()
            return (number, source)
        }
    }

    deinit {
        for (number, source) in sources {
            source.cancel()
            signal(number, SIG_DFL)
        }
    }
}
