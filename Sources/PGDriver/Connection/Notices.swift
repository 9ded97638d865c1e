internal import CLibPQ

/// What a server says besides results.
public struct PGNotice: Sendable, Hashable {
    /// `NOTICE`, `WARNING`, `FATAL` and others, in English.
    public var severity: String
    public var sqlState: String
    public var message: String
}

/// Receives a connection's notices, so that libpq prints none (F31). The reason for which a server ends an idle session
/// comes here and nowhere else: it is kept.
///
/// Touched by whoever holds the connection, on whose thread libpq calls.
final class Notices {
    private let handler: (@Sendable (PGNotice) -> Void)?
    /// Why the server has ended the session, once it has.
    private(set) var end: PGNotice?
    /// What a process of the server warns of that has no time for more than that: it is gone after it.
    private var farewell: PGNotice?
    /// Why the session has ended, once it is known that it has (F25).
    var reason: PGNotice? { end ?? farewell }

    init(_ handler: (@Sendable (PGNotice) -> Void)?) { self.handler = handler }

    func install(in link: OpaquePointer) {
        // The connection keeps this object until after libpq's was freed, so that it needs no reference.
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = PQsetNoticeReceiver(
            link,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue().take(result)
            }, context)
        // Nothing comes here any more, unless a library that shares libpq puts the default receiver back.
        _ = PQsetNoticeProcessor(link, { _, _ in }, nil)
    }

    private func take(_ result: OpaquePointer) {
        let notice = PGNotice(
            severity: Self.field(result, "V"), sqlState: Self.field(result, "C"), message: Self.field(result, "M"))
        switch notice.severity {
        case "FATAL", "PANIC": end = notice
        // A shutdown in a hurry, and the crash of another process. Anybody may raise such a warning, which ends nothing.
        case "WARNING" where notice.sqlState == "57P01" || notice.sqlState == "57P02": farewell = notice
        default: break
        }
        handler?(notice)
    }

    private static func field(_ result: OpaquePointer, _ code: Unicode.Scalar) -> String {
        PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) } ?? ""
    }
}
