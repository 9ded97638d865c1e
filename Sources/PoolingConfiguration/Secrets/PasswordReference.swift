internal import PoolingCore

/// Where a password is, and what it is now.
enum PasswordReference {
    /// For a password, that is much.
    private static let mostBytes = 65_536

    /// Why there is none, as the end of a sentence about the key or variable that refers to it.
    struct Failure: Error, Hashable {
        var rule: String
    }

    static func literal(_ text: String) throws(Failure) -> PoolPassword {
        if text.isEmpty { throw Failure(rule: "is empty") }
        return .fixed(try checked(text, "is"))
    }

    /// - Parameter name: of a variable; repeated only if it can be the name of one.
    static func variable(_ name: String, in environment: [String: String]) throws(Failure) -> PoolPassword {
        guard EnvironmentOverrides.isName(name) else {
            throw Failure(rule: "is no name of an environment variable; write one, such as DB_PASSWORD")
        }
        guard let text = environment[name] else {
            throw Failure(rule: "names an environment variable that is not set; set it, or write {file: …}")
        }
        if text.isEmpty { throw Failure(rule: "names an environment variable that is empty") }
        return .fixed(try checked(text, "names a variable that is"), from: "the environment variable \(name)")
    }

    /// Read now, so that a mistake is found now, and anew at each connect (F67).
    /// - Parameter path: whole.
    static func file(_ path: String) async throws -> PoolPassword {
        _ = try await text(ofFile: path)
        return .provider(from: "the file \(path)") {
            do {
                return try await text(ofFile: path)
            } catch let failure as Failure {
                throw PasswordUnavailable(rule: failure.rule)
            }
        }
    }

    /// - Throws: ``Failure``.
    private static func text(ofFile path: String) async throws -> String {
        let bytes: [UInt8]
        do {
            bytes = try await FileReader.bytes(of: path, limit: mostBytes)
        } catch let failure as FileReader.Failure {
            throw Failure(rule: "names a file that \(failure.reason)")
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(rule: "names a file that is no text in UTF-8")
        }
        // Editors and `echo` end a file so; a password that ends so is none.
        if text.unicodeScalars.last == "\n" { text.unicodeScalars.removeLast() }
        if text.unicodeScalars.last == "\r" { text.unicodeScalars.removeLast() }
        if text.isEmpty { throw Failure(rule: "names a file that is empty") }
        return try checked(text, "names a file that is")
    }

    private static func checked(_ text: String, _ what: String) throws(Failure) -> String {
        if text.utf8.contains(0) { throw Failure(rule: "\(what) a text with U+0000, which no password can have") }
        return text
    }
}

/// The file of a password can't be read at present: what a connect throws then. Shows the reason, and never the content.
public struct PasswordUnavailable: Error, Sendable, Hashable, CustomStringConvertible {
    let rule: String
    public var description: String { "the password could not be had: its configuration \(rule)" }
}
