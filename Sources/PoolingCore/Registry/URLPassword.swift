/// A password that is put into a URL, for drivers that take nothing else.
enum URLPassword {
    /// - Returns: nil if the URL names no user, or has a password already.
    static func insert(_ password: String, into url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@"), at > authority.startIndex else { return nil }
        let user = authority[..<at]
        // `user:@host` has an empty one, which this one may well take the place of.
        guard let colon = user.firstIndex(of: ":") else { return url[..<at] + ":" + escaped(password) + url[at...] }
        return user.index(after: colon) == at ? url[..<at] + escaped(password) + url[at...] : nil
    }

    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"),
                UInt8(ascii: "."):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                escaped.append("%")
                escaped.append(digits[Int(byte >> 4)])
                escaped.append(digits[Int(byte & 15)])
            }
        }
        return escaped
    }
}
