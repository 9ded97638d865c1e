internal import Foundation
internal import PoolingTestKit

/// A URL that leads through a ``FaultProxy`` to where the original leads.
struct ProxiedURL {
    let text: String
    let proxy: FaultProxy

    /// - Throws: ``CommandFailure`` if the URL does not name one host that is reached over TCP.
    init(_ url: TargetURL, defaultPort: Int?) throws(CommandFailure) {
        guard let range = Self.place(in: url.text), !Self.goesElsewhere(url.text) else { throw Self.unusable(url) }
        let place = url.text[range]
        let (host, port): (Substring, Int?)
        if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
            host = place[place.index(after: place.startIndex)..<end]
            port = Self.port(place[place.index(after: end)...])
        } else {
            host = place.prefix { $0 != ":" }
            port = Self.port(place[host.endIndex...])
        }
        guard !host.isEmpty, !host.contains(","), let port = port ?? defaultPort else { throw Self.unusable(url) }
        guard let address = Self.address(of: String(host)) else {
            throw CommandFailure(
                kind: .unreachable, message: "cannot connect to \(url.shown): no host '\(host)' is known")
        }
        // To the driver the server is on loopback, behind the proxy, and it trusts that: what goes through a network would go
        // there in clear (F64).
        guard address == "::1" || address.hasPrefix("127.") else {
            throw .usage(
                "--scenario outage is played with servers on this machine only, and \(url.shown) is elsewhere: behind the "
                    + "proxy its TLS could not be verified")
        }
        do { proxy = try FaultProxy(to: .tcp(host: address, port: port)) } catch {
            throw CommandFailure(kind: .failed, message: "no proxy could be made: \(error)")
        }
        text = url.text.replacingCharacters(in: range, with: "127.0.0.1:\(proxy.port)")
    }

    private static func unusable(_ url: TargetURL) -> CommandFailure {
        .usage("--scenario outage needs a --url with one host that is reached over TCP, and \(url.shown) has none")
    }

    /// By options that count more than the place.
    private static func goesElsewhere(_ url: String) -> Bool {
        let options = url.drop { $0 != "?" }.dropFirst().split(separator: "&")
        return options.contains {
            ["host", "hostaddr", "port", "socket", "unix_socket"].contains($0.prefix { $0 != "=" })
        }
    }

    /// "host:port", without user and password.
    private static func place(in url: String) -> Range<String.Index>? {
        guard let slashes = url.firstRange(of: "://") else { return nil }
        let rest = url[slashes.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let start = authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex
        return start < authority.endIndex ? start..<authority.endIndex : nil
    }

    private static func port(_ text: Substring) -> Int? { text.hasPrefix(":") ? Int(text.dropFirst()) : nil }

    /// In numbers. Blocks: a command line has nothing else to do.
    private static func address(of host: String) -> String? {
        var hints = addrinfo()
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &found) == 0, let first = found else { return nil }
        defer { freeaddrinfo(found) }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = getnameinfo(
            first.pointee.ai_addr, first.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        guard code == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
