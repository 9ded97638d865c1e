/// Which keys a file may have, and where.
enum FileKey {
    static let top = ["defaults", "pools"]
    /// What a pool has beside its settings.
    static let access = ["url", "password"]
    static let passwordParts = ["file", "env"]
    static var ofPool: [String] { access + PoolSettings.topNames }
    static var ofDefaults: [String] { ["password"] + PoolSettings.topNames }

    static let mostOfName = 64

    /// Names stand in variables, metrics and errors: letters, digits, - and _ of ASCII.
    static func isPoolName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= mostOfName
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// What may be repeated of a key: the name of a pool, and what is known. Anything else may be a password in the wrong
    /// place (F63).
    static func shown(_ key: String, in path: [String]) -> String? {
        let known =
            switch path.count {
            case 0: top
            case 1 where path[0] == "pools": isPoolName(key) ? [key] : []
            case 1, 2: ofPool
            default: passwordParts + PoolSettings.all.flatMap { $0.path.dropFirst() + ($0.word.map { [$0] } ?? []) }
            }
        return known.contains(key) ? key : nil
    }
}
