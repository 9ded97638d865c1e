/// Where in the program a loan was asked for (F50).
public struct LoanSite: Sendable, Hashable, CustomStringConvertible {
    /// One word, so that it is noted with one store: the address of the file's name below, the line in the upper 16 bits.
    package let word: UInt64

    package init?(word: UInt64) {
        if word == 0 { return nil }
        self.word = word
    }

    /// As `#fileID` gives it: "Module/File.swift".
    public var fileID: String {
        guard let start = UnsafePointer<CChar>(bitPattern: UInt(word & Self.addressMask)) else { return "" }
        return String(cString: start)
    }

    /// 65 535 stands for every line from there on.
    public var line: Int { Int(word >> Self.addressBits) }

    public var description: String { "\(fileID):\(line)" }

    @usableFromInline static let addressBits: UInt64 = 48
    @usableFromInline static let addressMask: UInt64 = 1 << addressBits - 1

    /// The text of a literal is never freed, and ends with a zero byte. An address that does not fit is left out, and
    /// with it the site.
    @inlinable
    package static func word(_ fileID: StaticString, _ line: UInt) -> UInt64 {
        guard fileID.hasPointerRepresentation else { return 0 }
        let address = UInt64(UInt(bitPattern: fileID.utf8Start))
        return address & ~addressMask == 0 ? address | UInt64(min(line, 0xFFFF)) << addressBits : 0
    }
}
